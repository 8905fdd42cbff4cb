"""Treat a page: from the source's columns to those that may be landed, by the declaration's treatments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from rapport.declarations import Field, Source, Stream
from rapport.privacy import normalise
from rapport.privacy.directory import TERM_BYTES, Directory
from rapport.privacy.keyring import CUSTOMER, DOMAINS, Keyring
from rapport.privacy.redact import Guard, Redactor
from rapport.privacy.tokens import VAULT_SCHEMA, Tokens, tokenise

TERMS_SCHEMA = pa.schema([("domain", pa.string()), ("term", pa.binary(TERM_BYTES))])
_GIVEN, _FAMILY = ("first", "given", "fore"), ("last", "family", "sur")


@dataclass(frozen=True)
class Treated:
    """A page that may be landed.

    Attributes:
        table: columns of `Stream.landed_schema`, one row a record.
        vault: one row a distinct token that was not sealed before, in `VAULT_SCHEMA`: token, domain, kind, ciphertext.
        terms: new terms of the directory, in `TERMS_SCHEMA`: domain, term.
        unreadable: field -> rows whose value gave no token because it could not be read as its kind.
        guarded: field -> rows in which an identifier stood where none was declared, and was replaced by a type tag.
        redacted: type tag -> places replaced in free text.
    """

    table: pa.Table
    vault: pa.Table
    terms: pa.Table
    unreadable: Mapping[str, int] = field(default_factory=dict)
    guarded: Mapping[str, int] = field(default_factory=dict)
    redacted: Mapping[str, int] = field(default_factory=dict)


class _Page:
    """The treatment of one page, column by column."""

    def __init__(
        self, table: pa.Table, source: Source, stream: Stream, *, keyring: Keyring, directory: Directory, sealed_before: Collection[str]
    ) -> None:
        self.table, self.source, self.stream, self.keyring, self.sealed_before = table, source, stream, keyring, sealed_before
        self.redactor, self.guard = Redactor.standard(directory), Guard(directory)
        self.columns: dict[str, pa.Array] = {}
        self.vault: list[pa.Table] = []
        self.unreadable: Counter[str] = Counter()
        self.guarded: Counter[str] = Counter()
        self.redacted: Counter[str] = Counter()

    def treat(self, declared: Field) -> None:
        """Add the landed columns of one field."""
        values = self.table[declared.column]
        if declared.treatment == "token":
            self._token(declared, values)
        elif declared.treatment == "redact":
            texts, lengths = self.redactor.column(_text(values), self.redacted)
            self.columns |= {f"{declared.column}_redacted": texts, f"{declared.column}_length": lengths}
        elif declared.treatment == "band":
            self.columns[f"{declared.column}_band"] = _band(values, declared.band)
        elif declared.treatment == "truncate":
            self.columns[f"{declared.column}_truncated"] = self._truncate(values)
        elif declared.treatment == "keep":
            self.columns[declared.column] = self._keep(declared, values)
        if declared.surname:
            surnames = tokenise(_customers(self.table, declared), self.keyring, CUSTOMER, "surname")
            self.columns[f"{declared.column}_surname_token"] = surnames.column
        if declared.role:
            addresses = _customers(self.table, declared)
            self.columns[f"{declared.column}_is_role"] = pa.array(map(normalise.is_role_address, addresses.to_pylist()), pa.bool_())
        if declared.vault and declared.treatment != "token" and declared.kind is not None:
            self._seal(declared, values)

    def _token(self, declared: Field, values: pa.ChunkedArray) -> None:
        kind = declared.kind or "id"
        for domain, rows in _by_domain(self.table, declared).items():
            made = self._tokens(values if rows is None else _where(values, rows), domain, kind)
            name = f"{declared.column}_{domain}_token" if declared.domain.is_by_row else f"{declared.column}_token"
            self.columns[name] = made.column
            if made.unreadable:
                self.unreadable[declared.column] += made.unreadable
            if declared.vault:
                self.vault.append(made.vault)

    def _seal(self, declared: Field, values: pa.ChunkedArray) -> None:
        for domain, rows in _by_domain(self.table, declared).items():
            chosen = values if rows is None else _where(values, rows)
            self.vault.append(self._tokens(chosen, domain, declared.kind or "id").vault)

    def _tokens(self, values: pa.ChunkedArray, domain: str, kind: str) -> Tokens:
        return tokenise(values, self.keyring, domain, kind, self.source.region, sealed_before=self.sealed_before)

    def _keep(self, declared: Field, values: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        if not pa.types.is_string(values.type):
            return values
        kept, rows = self.guard.column(values)
        if rows:
            self.guarded[declared.column] += rows
        return kept

    def _truncate(self, values: pa.ChunkedArray) -> pa.Array:
        if pa.types.is_temporal(values.type):
            return pc.floor_temporal(values, unit="year").cast(pa.date32()).combine_chunks()
        path = pc.replace_substring_regex(_text(values), r"(?i)^[a-z][a-z0-9+.-]*://[^/?#]*|[?#;].*$", "")
        return self.redactor.column(path, self.redacted)[0]


def feed(table: pa.Table, source: Source, stream: Stream, directory: Directory) -> pa.Table:
    """Add a page's known identifiers to the directory and return their terms, in `TERMS_SCHEMA`, sorted.

    To be called for every page before its free text, or any text that may mention these people, is redacted.
    """
    found: set[tuple[str, bytes]] = set()
    for declared in stream.fields:
        if declared.directory and declared.kind is not None:
            for domain, rows in _by_domain(table, declared).items():
                values = table[declared.column] if rows is None else _where(table[declared.column], rows)
                for value in pc.unique(_text(values)).drop_null().to_pylist():
                    found |= {(domain, term) for term in directory.terms(value, declared.kind, source.region)}
    given, family = _name_part(stream, _GIVEN), _name_part(stream, _FAMILY)
    if given is not None and family is not None:
        full = pc.binary_join_element_wise(_text(table[given.column]), _text(table[family.column]), " ")
        for domain, rows in _by_domain(table, family).items():
            for value in pc.unique(full if rows is None else _where(full, rows)).drop_null().to_pylist():
                found |= {(domain, term) for term in directory.terms(value, "name", source.region)}
    directory.add(term for _, term in found)
    ordered = sorted(found)
    return pa.table([[domain for domain, _ in ordered], [term for _, term in ordered]], schema=TERMS_SCHEMA)


def treat(
    table: pa.Table,
    source: Source,
    stream: Stream,
    keyring: Keyring,
    directory: Directory,
    *,
    sealed_before: Collection[str] = frozenset(),
) -> Treated:
    """Treat a page by its declaration; nothing of class personal, sensitive or free text leaves in the clear.

    Args:
        table: the page, cast to `stream.arrow_schema`.
        source: its source; the region reads telephone numbers.
        stream: its declaration.
        keyring: the tenant's keys.
        directory: known identifiers; those of this page are added before anything is redacted.
        sealed_before: tokens that are in the vault, which need not be sealed again.
    """
    terms = feed(table, source, stream, directory)
    page = _Page(table, source, stream, keyring=keyring, directory=directory, sealed_before=sealed_before)
    for declared in stream.fields:
        page.treat(declared)
    vault = pa.concat_tables([VAULT_SCHEMA.empty_table(), *page.vault])
    return Treated(
        table=pa.table([page.columns[name] for name in stream.landed_schema.names], schema=stream.landed_schema),
        vault=_one_a_token(vault),
        terms=terms,
        unreadable=dict(page.unreadable),
        guarded=dict(page.guarded),
        redacted=dict(page.redacted),
    )


def _by_domain(table: pa.Table, declared: Field) -> dict[str, pa.ChunkedArray | None]:
    """Return the rows of each token domain as a mask; None means all."""
    rule = declared.domain
    if rule.by is None:
        return {rule.otherwise: None}
    said = _text(table[rule.by])
    masks: dict[str, pa.ChunkedArray | None] = {}
    for domain in DOMAINS:
        named = pa.array([value for value, where in rule.values.items() if where == domain], pa.string())
        other = pa.array([value for value, where in rule.values.items() if where != domain], pa.string())
        inside = pc.is_in(said, value_set=named)
        masks[domain] = pc.invert(pc.is_in(said, value_set=other)) if domain == rule.otherwise else inside
    return masks


def _customers(table: pa.Table, declared: Field) -> pa.ChunkedArray:
    """Return the field's values in rows of the customer domain; null elsewhere."""
    rows = _by_domain(table, declared)
    if CUSTOMER not in rows:
        return pa.chunked_array([pa.nulls(len(table), pa.string())])
    mask = rows[CUSTOMER]
    values = _text(table[declared.column])
    return values if mask is None else _where(values, mask)


def _where(values: pa.ChunkedArray, rows: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(rows, values, pa.scalar(None, values.type))


def _text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return values if pa.types.is_string(values.type) else values.cast(pa.string())


def _name_part(stream: Stream, beginnings: tuple[str, ...]) -> Field | None:
    """Return the stream's first directory field for a part of a name, as `first_name` or `surname`."""
    named = (declared for declared in stream.fields if declared.directory and declared.kind == "name")
    return next((declared for declared in named if any(part in declared.column for part in beginnings)), None)


def _band(values: pa.ChunkedArray, bounds: tuple[float, ...]) -> pa.Array:
    """Name the band of each number: `<0`, `0-17`, `18-24`, `65+`; a band includes its lower bound."""
    numbers = values.cast(pa.float64())
    names = [f"<{bounds[0]:g}"]
    for low, high in pairwise(bounds):
        whole = float(low).is_integer() and float(high).is_integer() and pa.types.is_integer(values.type)
        names.append(f"{low:g}-{high - 1:g}" if whole else f"{low:g}-<{high:g}")
    names.append(f"{bounds[-1]:g}+")
    at = pa.nulls(len(numbers), pa.int32()) if numbers.null_count == len(numbers) else _count_reached(numbers, bounds)
    return pc.take(pa.array(names), at)


def _count_reached(numbers: pa.ChunkedArray, bounds: tuple[float, ...]) -> pa.Array:
    reached = pa.chunked_array([pc.multiply(numbers, 0).cast(pa.int32()).combine_chunks()])
    for bound in bounds:
        reached = pc.add(reached, pc.greater_equal(numbers, bound).cast(pa.int32()))
    return reached.combine_chunks()


def _one_a_token(vault: pa.Table) -> pa.Table:
    """Sort by token, so that two loads never wait for each other in a circle, and keep one row each."""
    vault = vault.combine_chunks().sort_by("token")
    tokens = vault["token"].combine_chunks()
    if len(tokens) < 2:
        return vault
    fresh = pc.not_equal(tokens[1:], tokens[:-1])
    return vault.filter(pa.concat_arrays([pa.array([True]), fresh]))
