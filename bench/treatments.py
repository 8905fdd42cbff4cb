"""Each treatment alone: distinct values, nothing kept from before, rows a second of CPU of one process."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import pyarrow as pa
from rapport.privacy import Directory, Keyring
from rapport.privacy.redact import Guard, Redactor
from rapport.privacy.tokens import tokenise

ROWS = 100_000


def run(rounds: int) -> dict[str, float]:
    """Return rows per CPU-second of each treatment, the median of `rounds`."""
    keyring = Keyring(bytes(range(32)))
    directory = Directory(keyring)
    directory.add(
        term for number in range(5000) for term in directory.terms(f"Given{_letters(number)} Family{_letters(number * 7)}", "name")
    )
    emails = pa.array([f"Person.{number}@mail{number % 97}.Example.com" for number in range(ROWS)])
    international = pa.array([f"+1 {202 + number % 2}-{200 + number // 10_000}-{number % 10_000:04d}" for number in range(ROWS)])
    plain = pa.array([f"+1{202 + number % 2}{2_000_000 + number}" for number in range(ROWS)])
    national = pa.array([f"({202 + number % 2}) {200 + number // 10_000}-{number % 10_000:04d}" for number in range(ROWS)])
    texts = pa.array([_text(number) for number in range(ROWS)])
    work: dict[str, Callable[[], object]] = {
        "e-mail to token": lambda: tokenise(emails, keyring, "customer", "email"),
        "telephone number to token (+12022000000)": lambda: tokenise(plain, keyring, "customer", "phone", "US"),
        "telephone number to token (+1 202-200-0000)": lambda: tokenise(international, keyring, "customer", "phone", "US"),
        "telephone number to token ((202) 200-0000)": lambda: tokenise(national, keyring, "customer", "phone", "US"),
        "free text redacted (100 characters, 5,000 known names)": lambda: Redactor.standard(directory).column(texts, Counter()),
        "other text looked through for identifiers": lambda: Guard(directory).column(texts),
    }
    return {name: ROWS / sorted(_cpu(treat) for _ in range(rounds))[rounds // 2] for name, treat in work.items()}


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _letters(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in str(number))


def _text(number: int) -> str:
    """Return a sentence of about a hundred characters; one in three names somebody or holds an identifier."""
    extra = (
        "thanks",
        f"mail me at p{number}@example.com",
        "please call back soon",
        f"ask Given{_letters(number % 5000)}",
        "it worked before",
        "no",
    )
    return f"Order {number} came late and the parcel was open on one side, which is new; {extra[number % 6]}."
