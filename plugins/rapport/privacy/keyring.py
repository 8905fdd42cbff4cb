"""Keys: a master key, from which every tenant, token domain, kind and version gets its own sub-key.

A key is rotated by a newer one beside it. Tokens and sealed values are made with the newest; what can only be compared, never made again
(the directory's hashes, tombstones, family names), stays with the first.

Tokens are keyed (HMAC), not merely hashed: an unkeyed hash of every telephone number of a country takes minutes to make.
The master key stays with the loader; it never reaches PostgreSQL, dbt or Superset.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256

import numpy as np
import pyarrow as pa
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rapport.home import Home

MASTER_VARIABLE = "RAPPORT_PRIVACY_MASTER_KEY"
MASTER_BYTES = 32
_FILE = "privacy_master"
# Hashed once and never kept in the clear: no rotation can make these anew.
_LASTING_DOMAINS = frozenset({"directory", "erasure"})
_LASTING_KINDS = frozenset({"surname"})
CUSTOMER = "customer"
EMPLOYEE = "employee"
DOMAINS = (CUSTOMER, EMPLOYEE)

# Two letters a kind and domain: a token says what it is, and tokens of the two domains can never be equal.
_PREFIXES = {
    CUSTOMER: {
        **{"email": "em", "phone": "ph", "name": "nm", "id": "id", "ip": "ip", "url": "ur", "address": "ad", "handle": "hd"},
        "surname": "sn",  # of customers only: it tells one person's records from those of others at the same number
    },
    EMPLOYEE: {"email": "xe", "phone": "xp", "name": "xn", "id": "xd", "ip": "xi", "url": "xu", "address": "xa", "handle": "xh"},
}
_TOKEN_BYTES, _TOKEN_LETTERS = 16, 26
_ALPHABET = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", np.uint8)
_WEIGHTS = np.array([16, 8, 4, 2, 1], np.uint8)
TOKEN_PATTERN = re.compile(r"\A(?:em|ph|nm|id|ip|ur|ad|hd|sn|xe|xp|xn|xd|xi|xu|xa|xh)[1-9]\d*_[a-z2-7]{26}\Z")


class PrivacyKeyError(ValueError):
    """The master key is missing or malformed; the message says what to do and never holds the key."""


class Keyring:
    """Sub-keys of one tenant, derived on demand from the master key by HKDF-SHA256."""

    def __init__(self, master: bytes, tenant: str = "default", *, earlier: Sequence[bytes] = ()) -> None:
        """Make a keyring.

        Args:
            master: 32 random bytes: the newest key.
            tenant: name of the tenant; tokens of two tenants cannot be linked.
            earlier: the keys before it, the first one first; their number is the version in every token's prefix.

        Raises:
            PrivacyKeyError: the key has the wrong length, or the tenant's name holds the separator `|`.
        """
        for key in (*earlier, master):
            if len(key) != MASTER_BYTES:
                raise PrivacyKeyError(f"the privacy master key must have {MASTER_BYTES} bytes, not {len(key)}")
        if not tenant or "|" in tenant:
            raise PrivacyKeyError("the tenant's name must not be empty or hold '|': set RAPPORT_TENANT")
        self._masters = (*earlier, master)
        self.tenant = tenant
        self.version = len(self._masters)
        self._derive: Callable[[str, str, int], bytes] = cache(self._hkdf)

    @classmethod
    def from_home(cls, home: Home) -> Keyring:
        """Return the keyring of a home.

        `RAPPORT_PRIVACY_MASTER_KEY` (keys parted by commas, the first one first), or `secrets/privacy_master` (made on first use) and,
        where it was rotated, `privacy_master_2` and so on.
        """
        said = os.environ.get(MASTER_VARIABLE)
        texts = said.split(",") if said else [home.secret(_FILE, MASTER_BYTES)]
        while not said and (home.dir("secrets") / f"{_FILE}_{len(texts) + 1}").is_file():
            texts.append(home.secret(f"{_FILE}_{len(texts) + 1}", MASTER_BYTES))
        *earlier, newest = map(decode_master, texts)
        return cls(newest, home.tenant, earlier=earlier)

    @classmethod
    def add_to_home(cls, home: Home) -> Keyring:
        """Make a newer key beside those of a home, and return the keyring with it.

        Raises:
            PrivacyKeyError: the keys are taken from the environment, where only whoever sets it can add one.
        """
        if os.environ.get(MASTER_VARIABLE):
            raise PrivacyKeyError(
                f"the keys come from {MASTER_VARIABLE}: add a new one behind the last, after a comma (`openssl rand -hex 32`), "
                "then run `rapport keys rotate`"
            )
        home.secret(f"{_FILE}_{cls.from_home(home).version + 1}", MASTER_BYTES)
        return cls.from_home(home)

    @property
    def earlier(self) -> list[Keyring]:
        """The keyrings as they were before each rotation, the first one first."""
        masters = self._masters
        return [Keyring(masters[at], self.tenant, earlier=masters[:at]) for at in range(len(masters) - 1)]

    def subkey(self, domain: str, kind: str, length: int = 32) -> bytes:
        """Return the key of `length` bytes for one domain and kind."""
        return self._derive(domain, kind, length)

    def prefix(self, domain: str, kind: str) -> str:
        """Return how tokens of this domain and kind begin, as `em1_`."""
        try:
            return f"{_PREFIXES[domain][kind]}{self._version_of(domain, kind)}_"
        except KeyError:
            raise PrivacyKeyError(f"no token is made for kind {kind!r} in domain {domain!r}") from None

    def tokens(self, domain: str, kind: str, values: Sequence[str]) -> pa.Array:
        """Return the tokens of normalised values: prefix and 26 characters, 128 bits."""
        prefix = self.prefix(domain, kind).encode()
        started = HMAC(self.subkey(domain, kind), SHA256())

        def mac(value: str) -> bytes:
            digest = started.copy()
            digest.update(value.encode())
            return digest.finalize()[:_TOKEN_BYTES]

        return _written(prefix, b"".join(map(mac, values)), len(values))

    def sealer(self, domain: str, kind: str) -> Callable[[str, str], bytes]:
        """Return the function (value, token) -> ciphertext: AES-SIV bound to tenant, kind and token."""
        cipher, tenant, label = AESSIV(self.subkey(domain, f"vault.{kind}", 64)), self.tenant.encode(), kind.encode()
        return lambda value, token: cipher.encrypt(value.encode(), [tenant, label, token.encode()])

    def unseal(self, domain: str, kind: str, token: str, ciphertext: bytes) -> str:
        """Return the value behind a vault row.

        Raises:
            cryptography.exceptions.InvalidTag: the row was changed, swapped, or belongs to another tenant or key.
        """
        cipher = AESSIV(self.subkey(domain, f"vault.{kind}", 64))
        return cipher.decrypt(ciphertext, [self.tenant.encode(), kind.encode(), token.encode()]).decode()

    def fingerprint(self) -> str:
        """Return a public name of the key, to notice that a warehouse was filled with another one."""
        return hmac.new(self.subkey("platform", "fingerprint"), b"rapport", sha256).hexdigest()[:16]

    def _hkdf(self, domain: str, kind: str, length: int) -> bytes:
        version = self._version_of(domain, kind)
        info = f"cx|{self.tenant}|{domain}|{kind}|v{version}".encode()
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(self._masters[version - 1])

    def _version_of(self, domain: str, kind: str) -> int:
        return 1 if domain in _LASTING_DOMAINS or kind in _LASTING_KINDS else self.version


def _written(prefix: bytes, digests: bytes, count: int) -> pa.Array:
    """Return digests in base32 (five bits a letter, small letters, the last filled up with nought), each behind the prefix."""
    bits = np.zeros((count, _TOKEN_LETTERS * len(_WEIGHTS)), np.uint8)
    bits[:, : 8 * _TOKEN_BYTES] = np.unpackbits(np.frombuffer(digests, np.uint8).reshape(count, _TOKEN_BYTES), axis=1)
    width = len(prefix) + _TOKEN_LETTERS
    letters = np.empty((count, width), np.uint8)
    letters[:, : len(prefix)] = np.frombuffer(prefix, np.uint8)
    letters[:, len(prefix) :] = _ALPHABET[bits.reshape(count, _TOKEN_LETTERS, len(_WEIGHTS)) @ _WEIGHTS]
    ends = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), count, [None, pa.py_buffer(ends), pa.py_buffer(letters)])


def decode_master(text: str) -> bytes:
    """Return the 32 bytes that `text` writes in URL-safe base64 or in hexadecimal.

    Raises:
        PrivacyKeyError: it is neither.
    """
    text = text.strip()
    try:
        if len(text) == 2 * MASTER_BYTES:
            return bytes.fromhex(text)
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != MASTER_BYTES:
        raise PrivacyKeyError(
            f"the privacy master key ({MASTER_VARIABLE} or secrets/privacy_master) is not {MASTER_BYTES} bytes in URL-safe base64 or hex: "
            "restore the key this warehouse was filled with, or make one with `openssl rand -hex 32`"
        )
    return key
