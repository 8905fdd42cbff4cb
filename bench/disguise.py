"""Labelled texts as people write who hurry, slip or hide: small letters, misspelt names, e-mails and numbers in words."""

from __future__ import annotations

import random
from itertools import groupby

from bench.pii import Labelled

_DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_AT = (" at ", " (at) ", "[at]", " [at] ", " AT ")
_DOT = (" dot ", " [dot] ", "(dot)", " DOT ")


def lowered(labelled: Labelled) -> Labelled:
    """Write everything small."""
    changed = labelled.text.lower()
    return Labelled(changed, labelled.places, labelled.template) if len(changed) == len(labelled.text) else labelled


def misspelt(labelled: Labelled, rng: random.Random) -> Labelled:
    """Swap two letters inside the longest word of each name."""
    letters = list(labelled.text)
    for start, end, tag, _ in labelled.places:
        word = max(labelled.text[start:end].split(), key=len)
        if tag == "PERSON" and len(word) > 3:
            at = labelled.text.index(word, start) + rng.randrange(1, len(word) - 2)
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return Labelled("".join(letters), labelled.places, labelled.template)


def disguised(labelled: Labelled, rng: random.Random) -> Labelled:
    """Write e-mail addresses so that a machine does not know them, and telephone numbers in words."""
    text, places, done = "", [], 0
    for start, end, tag, kind in labelled.places:
        text += labelled.text[done:start]
        value = labelled.text[start:end]
        if tag == "EMAIL":
            value = value.replace("@", rng.choice(_AT)).replace(".", rng.choice(_DOT))
        elif tag == "PHONE":
            value = in_words(value)
        places.append((len(text), len(text) + len(value), tag, kind))
        text, done = text + value, end
    return Labelled(text + labelled.text[done:], tuple(places), labelled.template)


def in_words(number: str) -> str:
    """Return a telephone number as it is said: `+44 77` is `plus double four double seven`; an extension goes."""
    said = ["plus"] if number.strip().startswith("+") else []
    digits = [character for character in number.lower().partition("x")[0] if character.isdigit()]
    for digit, run in groupby(digits):
        times = len(list(run))
        said += [f"double {_DIGITS[int(digit)]}"] * (times // 2) + [_DIGITS[int(digit)]] * (times % 2)
    return " ".join(said)
