"""What a source declaration says, as frozen objects: the shape every other room reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from rapport.declarations import schemas
from rapport.declarations.reach import Reach

if TYPE_CHECKING:
    import pyarrow as pa

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class DomainRule:
    """Which token domain a value belongs to.

    Attributes:
        by: column of the same row that decides, or None if every row is of `otherwise`.
        values: value of that column (as text) -> `customer` or `employee`.
        otherwise: the domain of every other row.
    """

    otherwise: str = "customer"
    by: str | None = None
    values: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    @property
    def is_by_row(self) -> bool:
        """Whether rows differ, so that two token columns land."""
        return self.by is not None


@dataclass(frozen=True)
class Pick:
    """One entry of a list of name/value pairs: `[{id: 7, value: x}]` with `name: 7` gives x."""

    name_key: str
    value_key: str
    name: str


@dataclass(frozen=True)
class Field:
    """One field of a record: where it stands, what it is, how private it is and what lands of it.

    Attributes:
        name: key in the declaration.
        path: dotted path in the record (the name, unless `path` says otherwise); `parent.` leads to the exploded record's owner.
        column: column before treatment.
        type: text bigint double boolean timestamp date decimal json.
        privacy_class: public internal personal sensitive free_text.
        treatment: keep token redact drop band truncate.
        kind: email phone name id ip url address handle disguised (personal fields).
        domain: token domain rule.
        surname: whether a customer-domain token of the family name lands beside what the treatment leaves (kind name).
        role: whether it lands beside the token that the address is an office's, not a person's (kind email).
        directory: whether its values are known identifiers, removed from all free text.
        vault: whether the clear value is kept, encrypted, in the vault.
        band: lower bounds of the bands, ascending.
        format: how the source writes a timestamp or date: iso, epoch, epoch_ms or a strptime pattern.
        time_zone: zone of timestamps that name none.
        pick: entry of a list of name/value pairs.
        nulls: words by which the source means that there is no value.
        beside: the field is read only in records that also carry one of these fields.
        accepted: values that may land in the clear; any other fails the gate on raw rows. Empty for any value.
        required: whether a record without it is set aside.
        lookup: name of the stream's list by which the value is translated.
        note: what the field is, or why it is kept.
        example: a value as a source might write it; invented.
    """

    name: str
    path: str
    column: str
    type: str
    privacy_class: str
    treatment: str
    kind: str | None = None
    domain: DomainRule = DomainRule()
    surname: bool = False
    role: bool = False
    directory: bool = False
    vault: bool = False
    band: tuple[float, ...] = ()
    format: str | None = None
    time_zone: str = "UTC"
    pick: Pick | None = None
    nulls: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    accepted: tuple[Any, ...] = ()
    required: bool = False
    lookup: str | None = None
    note: str | None = None
    example: str | None = None

    @property
    def landed(self) -> dict[str, str]:
        """Landed column -> its type; empty for a dropped field."""
        return schemas.landed_columns(self.column, self.type, self.treatment, self.domain.is_by_row, surname=self.surname, role=self.role)


@dataclass(frozen=True)
class Cursor:
    """How a stream asks only for what is new.

    Attributes:
        field: field (as the source names it) that moves with every change.
        param: request parameter that carries the starting point, if the protocol uses one.
        format: how the parameter is written: iso, date, epoch, epoch_ms or a strftime pattern.
        start: starting point of the first run, ISO; None asks for everything the protocol gives by default.
        overlap_seconds: how far each run goes back behind the last one.
        is_sorted: whether records come in ascending order of the field, so that a half-read stream may be resumed.
        or_field: second field; the later of both is the record's.
        time_zone: zone in which the starting point is written.
        is_inclusive: whether the source gives records of the very starting point.
        precision: how finely the source compares: microsecond millisecond second minute day.
    """

    field: str
    param: str | None = None
    format: str = "iso"
    start: str | None = None
    overlap_seconds: int = 0
    is_sorted: bool = False
    or_field: str | None = None
    time_zone: str = "UTC"
    is_inclusive: bool = True
    precision: str = "microsecond"


@dataclass(frozen=True)
class Deleted:
    """A row is a deletion marker when `column` holds one of `values` (as text), or, without values, holds anything at all."""

    column: str
    values: tuple[str, ...] = ()

    def mask(self, table: pa.Table) -> pa.ChunkedArray:
        """Return, for each row of `table` (before or after treatment), whether it marks a deletion; never null."""
        return schemas.equals_any(table.column(self.column), self.values)


@dataclass(frozen=True)
class Connection:
    """How the source is reached.

    Attributes:
        protocol: rest soql export_job jsonrpc sql files access_log.
        id: name of the connection that holds host (for files: the folder or bucket) and credentials; None where `path` says it all.
        path: folder or bucket of a `files` or `access_log` source, which may hold `${VARIABLE}`; endpoint of `jsonrpc`.
        auth: mapping with `type` and what it needs.
        rate_limit_per_minute: requests a minute the vendor allows; None if unlimited.
        options: further options of the protocol.
    """

    protocol: str
    id: str | None = None
    path: str | None = None
    auth: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    rate_limit_per_minute: int | None = None
    options: Mapping[str, Any] = field(default_factory=lambda: NOTHING)

    @property
    def parallel(self) -> int:
        """How many streams may be read at once."""
        return int(self.options.get("parallel", 4))


@dataclass(frozen=True)
class Stream:
    """One kind of record of a source.

    Attributes:
        name: stream name: the raw table is `raw_<source>.<name>`.
        fields: every declared field that is not ignored, in order.
        ignored: path -> reason, of fields known and deliberately not landed.
        key: columns (before treatment) that identify a record; empty if the stream has none.
        clock: column of the source's update time, or None.
        deleted: how a deleted record is marked, or None.
        cursor: how only the new is asked for, or None.
        description: what its records are, or None.
        reach: whose its records are, or None if it does not say.
        options: what the protocol reads (request, records, paging, explode, each, files, ...).
    """

    name: str
    fields: tuple[Field, ...]
    ignored: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    key: tuple[str, ...] = ()
    clock: str | None = None
    deleted: Deleted | None = None
    cursor: Cursor | None = None
    description: str | None = None
    reach: Reach | None = None
    options: Mapping[str, Any] = field(default_factory=lambda: NOTHING)

    @cached_property
    def by_column(self) -> Mapping[str, Field]:
        """The fields by column name before treatment."""
        return MappingProxyType({declared.column: declared for declared in self.fields})

    @property
    def landed_key(self) -> tuple[str, ...]:
        """The key's columns as they land, e.g. `email_token` for a tokenised `email`."""
        return tuple(next(iter(self.by_column[column].landed)) for column in self.key)

    @property
    def is_strict(self) -> bool:
        """Whether people write its files by hand: what does not fit is set aside, and never fails the gate."""
        return bool(self.options.get("strict"))

    @property
    def feeds_directory(self) -> bool:
        """Whether a field of the stream fills the directory of known identifiers."""
        return any(declared.directory for declared in self.fields)

    @property
    def order(self) -> int:
        """0 for streams that feed the directory, which run before those whose text is redacted by it; else 1."""
        return 0 if self.feeds_directory else 1

    @cached_property
    def arrow_schema(self) -> pa.Schema:
        """Columns and types before treatment, in declared order."""
        return schemas.arrow_schema({declared.column: declared.type for declared in self.fields})

    @cached_property
    def landed_schema(self) -> pa.Schema:
        """Columns and types after treatment, in declared order."""
        return schemas.arrow_schema({column: kind for declared in self.fields for column, kind in declared.landed.items()})


@dataclass(frozen=True)
class Source:
    """One source system: how it is reached and which streams it gives.

    Attributes:
        name: short name; the raw schema is `raw_<name>`.
        domain: business domain, e.g. support.
        system: the product's name.
        owner: who answers for the data.
        schedule: cron expression, UTC.
        docs: the vendor's page.
        region: default region of phone numbers (ISO 3166), or None.
        connection: how it is reached.
        feeds: vendor-neutral entity -> staging models that fill it.
        streams: streams by name, in declared order.
        file: the declaration.
    """

    name: str
    domain: str
    system: str
    owner: str
    schedule: str
    docs: str | None
    region: str | None
    connection: Connection
    feeds: Mapping[str, tuple[str, ...]]
    streams: Mapping[str, Stream]
    file: Path

    @property
    def raw_schema(self) -> str:
        """Schema that the source lands in."""
        return f"raw_{self.name}"

    @property
    def ordered_streams(self) -> tuple[Stream, ...]:
        """The streams, those that feed the directory first."""
        return tuple(sorted(self.streams.values(), key=lambda stream: stream.order))
