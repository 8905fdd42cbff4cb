"""Tokens of a whole column: each distinct value is normalised, tokenised and sealed once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from rapport.privacy import normalise
from rapport.privacy.keyring import Keyring

VAULT_SCHEMA = pa.schema([("token", pa.string()), ("domain", pa.string()), ("kind", pa.string()), ("ciphertext", pa.binary())])


@dataclass(frozen=True)
class Tokens:
    """A tokenised column.

    Attributes:
        column: one token a row, null where the value was null or unreadable.
        vault: one row a distinct token that was not sealed before, in `VAULT_SCHEMA`.
        unreadable: rows whose value could not be read as its kind.
    """

    column: pa.Array
    vault: pa.Table
    unreadable: int


def tokenise(
    values: pa.Array | pa.ChunkedArray,
    keyring: Keyring,
    domain: str,
    kind: str,
    region: str | None = None,
    *,
    sealed_before: Collection[str] = frozenset(),
) -> Tokens:
    """Replace every value by its token.

    Args:
        values: text, or numbers of an identifier.
        keyring: keys of the tenant.
        domain: `customer` or `employee`.
        kind: kind of identifier, which chooses the normal form.
        region: country of telephone numbers without a country code.
        sealed_before: tokens that are in the vault.
    """
    encoded = _dictionary(values)
    normal = normalise.BY_KIND[kind]
    spelled = pa.array([normal(value, region) if value else None for value in encoded.dictionary.to_pylist()], pa.string())
    one_each = spelled.dictionary_encode()
    plain: list[str] = one_each.dictionary.to_pylist()
    tokens = keyring.tokens(domain, kind, plain)
    column = pc.take(pc.take(tokens, one_each.indices), encoded.indices)
    blank = pc.sum(pc.equal(pc.utf8_trim_whitespace(_text(values)), "")).as_py() or 0
    fresh = [(value, token) for value, token in zip(plain, tokens.to_pylist(), strict=True) if token not in sealed_before]
    rows, seal = len(fresh), keyring.sealer(domain, kind)
    vault = pa.table(
        [
            tokens if rows == len(tokens) else pa.array((token for _, token in fresh), pa.string(), size=rows),
            pa.repeat(pa.scalar(domain), rows),
            pa.repeat(pa.scalar(kind), rows),
            pa.array((seal(value, token) for value, token in fresh), pa.binary(), size=rows),
        ],
        schema=VAULT_SCHEMA,
    )
    return Tokens(column, vault, column.null_count - values.null_count - blank)


def _text(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    return array if pa.types.is_string(array.type) else array.cast(pa.string())


def _dictionary(values: pa.Array | pa.ChunkedArray) -> pa.DictionaryArray:
    return _text(values).dictionary_encode()
