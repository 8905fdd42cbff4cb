"""Quarantined records: kept whole for the steward, readable by nobody else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from rapport.privacy.keyring import Keyring


@dataclass(frozen=True)
class Sealed:
    """A record that cannot be landed.

    Attributes:
        field: the field that is wrong.
        reason: what is wrong, without a value.
        ciphertext: the record, AES-SIV, bound to tenant, source and stream.
    """

    field: str
    reason: str
    ciphertext: bytes


def seal(record: Mapping[str, Any], field: str, reason: str, keyring: Keyring, *, source: str, stream: str) -> Sealed:
    """Encrypt a record as JSON; values that JSON does not know are written as text."""
    text = json.dumps(record, default=str, ensure_ascii=True, sort_keys=True)
    return Sealed(field, reason, _cipher(keyring).encrypt(text.encode(), _bound_to(keyring, source, stream)))


def unseal(ciphertext: bytes, keyring: Keyring, *, source: str, stream: str) -> dict[str, Any]:
    """Return the record behind a quarantined row.

    Raises:
        cryptography.exceptions.InvalidTag: the row was changed or belongs to another stream, tenant or key.
    """
    found: dict[str, Any] = json.loads(_cipher(keyring).decrypt(ciphertext, _bound_to(keyring, source, stream)))
    return found


def _cipher(keyring: Keyring) -> AESSIV:
    return AESSIV(keyring.subkey("quarantine", "record", 64))


def _bound_to(keyring: Keyring, source: str, stream: str) -> list[bytes]:
    return [keyring.tenant.encode(), b"quarantine", source.encode(), stream.encode()]
