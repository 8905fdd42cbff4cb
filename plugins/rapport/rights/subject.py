"""Whom a request is about: identifiers as somebody gives them, and the tokens that they are here."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from rapport.declarations import Source
from rapport.privacy import Keyring, normalise
from rapport.privacy.keyring import CUSTOMER, DOMAINS


class RightsError(RuntimeError):
    """A request cannot be answered as it is; the message says what to do and holds no identifier."""


@dataclass(frozen=True)
class Subject:
    """A person as a request names them.

    Attributes:
        domain: customer or employee.
        emails: e-mail addresses.
        phones: telephone numbers.
        ids: ids of records, `SOURCE:ID` or `SOURCE.STREAM:ID`.
        names: names, to be forgotten by the directory and looked for by the sweep; nobody is found by one.
    """

    domain: str = CUSTOMER
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if self.domain not in DOMAINS:
            raise RightsError(f"the domain is {' or '.join(DOMAINS)}")
        if not (self.emails or self.phones or self.ids):
            raise RightsError("nobody is named: give --email, --phone or --id (`-` reads a value from the terminal or standard input)")
        if any(":" not in one for one in self.ids):
            raise RightsError("an id is written SOURCE:ID, such as zendesk:360000000042")

    def tokens(self, keyring: Keyring, sources: Mapping[str, Source]) -> set[str]:
        """Return the tokens of the identifiers; a number without its country code is read in every source's region.

        Raises:
            RightsError: one cannot be read as what it is said to be.
        """
        regions = {None, *(source.region for source in sources.values())}
        found: set[str] = set()
        for kind, values in (("email", self.emails), ("phone", self.phones)):
            for value in values:
                spelled = {one for region in regions if (one := normalise.BY_KIND[kind](value, region))}
                if not spelled:
                    raise RightsError(f"a value given as {kind} cannot be read as one: check it, a telephone number with its country code")
                found |= set(keyring.tokens(self.domain, kind, sorted(spelled)).to_pylist())
        return found

    def hash(self, keyring: Keyring) -> bytes:
        """Return a keyed hash of whom the request is about."""
        return hmac.digest(keyring.subkey("erasure", "subject"), self._text().encode(), "sha256")

    def seal(self, keyring: Keyring, request: str) -> bytes:
        """Encrypt the identifiers for the time between request and approval, bound to the request."""
        return _cipher(keyring).encrypt(self._text().encode(), [keyring.tenant.encode(), request.encode()])

    @classmethod
    def unseal(cls, ciphertext: bytes, keyring: Keyring, request: str) -> Subject:
        """Return whom a request is about."""
        said = json.loads(_cipher(keyring).decrypt(ciphertext, [keyring.tenant.encode(), request.encode()]))
        return cls(said["domain"], *(tuple(said[part]) for part in ("emails", "phones", "ids", "names")))

    def _text(self) -> str:
        parts: dict[str, str | Sequence[str]] = {"domain": self.domain}
        for part in ("emails", "phones", "ids", "names"):
            parts[part] = sorted(getattr(self, part))
        return json.dumps(parts, sort_keys=True)


def _cipher(keyring: Keyring) -> AESSIV:
    return AESSIV(keyring.subkey("erasure", "request", 64))
