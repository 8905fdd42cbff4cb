"""From a checked document to frozen objects; what a JSON Schema cannot say is checked here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from rapport.declarations.asking import check_asking
from rapport.declarations.document import Document
from rapport.declarations.model import Connection, Cursor, Deleted, DomainRule, Field, Pick, Source, Stream
from rapport.declarations.naming import column_name, name_fault
from rapport.declarations.reach import check_reach, read_reach

_TOKENISED = frozenset({"email", "phone", "id", "ip", "handle"})
_PERSONAL_DEFAULT = {**dict.fromkeys(_TOKENISED, "token"), "name": "drop", "address": "drop", "disguised": "drop", "url": "truncate"}
_DEFAULT = {"public": "keep", "internal": "keep", "free_text": "redact", "sensitive": "drop"}
_ALLOWED = {
    "public": {"keep", "band", "truncate"},
    "internal": {"keep", "band", "truncate", "drop"},
    "personal": {"token", "drop", "redact", "band", "truncate"},
    "sensitive": {"drop", "band", "truncate", "token", "redact"},
    "free_text": {"redact", "drop"},
}
_NUMERIC = frozenset({"bigint", "double", "decimal"})
_TIMED = frozenset({"timestamp", "date"})
_STREAM_OWN = frozenset({"key", "clock", "deleted", "cursor", "fields", "description", "subject", "belongs_to", "mentions"})


def build_source(document: Document) -> Source:
    """Return the source that `document`, already checked against the schema, declares.

    Raises:
        DeclarationError: names collide, a treatment does not fit, a key, clock or marker names no usable field, or a stream lacks what
            its protocol needs.
    """
    check_asking(document)
    said = document.value
    connection = dict(said["connection"])
    source = Source(
        name=said["source"],
        domain=said["domain"],
        system=said["system"],
        owner=said["owner"],
        schedule=said["schedule"],
        docs=said.get("docs"),
        region=said.get("region"),
        connection=Connection(
            protocol=connection.pop("protocol"),
            id=connection.pop("id", None),
            path=connection.pop("path", None),
            auth=MappingProxyType(connection.pop("auth", {})),
            rate_limit_per_minute=connection.pop("rate_limit_per_minute", None),
            options=MappingProxyType(connection),
        ),
        feeds=MappingProxyType(
            {entity: (models,) if isinstance(models, str) else tuple(models) for entity, models in said.get("feeds", {}).items()}
        ),
        streams=MappingProxyType({name: _stream(document, name, body) for name, body in said["streams"].items()}),
        file=document.file,
    )
    check_reach(document, source)
    return source


def _stream(document: Document, name: str, said: Mapping[str, Any]) -> Stream:
    place = ("streams", name)
    landing = {key: body for key, body in said["fields"].items() if "ignore" not in body}
    columns = _columns(document, place, landing)
    fields = tuple(_field(document, (*place, "fields", key), key, body, columns) for key, body in landing.items())
    if said.get("strict"):  # what people leave blank is absent, however their program quotes it
        fields = tuple(replace(declared, nulls=(*declared.nulls, "")) for declared in fields)
    by_name = {declared.name: declared for declared in fields}

    def column_of(field: str, *path: Any) -> str:
        if field not in by_name:
            raise document.error((*place, *path), f"names the field {field!r}, which the stream does not declare")
        return by_name[field].column

    key = tuple(column_of(field, "key", index) for index, field in enumerate(said.get("key", ())))
    stream = Stream(
        name=name,
        fields=fields,
        ignored=MappingProxyType({body.get("path", key): body["ignore"] for key, body in said["fields"].items() if "ignore" in body}),
        key=key,
        clock=column_of(said["clock"], "clock") if "clock" in said else None,
        deleted=_deleted(said["deleted"], column_of) if "deleted" in said else None,
        cursor=_cursor(said["cursor"]) if "cursor" in said else None,
        description=said.get("description"),
        reach=read_reach(document, place, document.value["source"], said, columns),
        options=MappingProxyType({option: value for option, value in said.items() if option not in _STREAM_OWN}),
    )
    _check_roles(document, place, stream)
    _check_deletions(document, place, stream)
    _check_landed(document, place, stream)
    return stream


def _columns(document: Document, place: tuple[Any, ...], said: Mapping[str, Any]) -> dict[str, str]:
    """Name the columns; two fields may not share one."""
    columns: dict[str, str] = {}
    owners: dict[str, str] = {}
    for key, body in said.items():
        where = (*place, "fields", key)
        try:
            column = body.get("as") or column_name(key)
        except ValueError as error:
            raise document.error(where, str(error)) from None
        if fault := name_fault(column):
            raise document.error(where, fault)
        if column in owners:
            raise document.error(where, f"becomes the column {column}, as {owners[column]!r} does: give one of them another name with `as`")
        owners[column] = key
        columns[key] = column
    return columns


def _field(document: Document, place: tuple[Any, ...], name: str, said: Mapping[str, Any], columns: Mapping[str, str]) -> Field:
    treatment = _treatment(document, place, said)
    if "format" in said and said["type"] not in _TIMED:
        raise document.error((*place, "format"), "is for timestamps and dates only")
    pick = said.get("pick")
    return Field(
        name=name,
        path=said.get("path", name),
        column=columns[name],
        type=said["type"],
        privacy_class=said["class"],
        treatment=treatment,
        kind=said.get("kind"),
        domain=_domain(document, place, said.get("domain", "customer"), columns),
        surname=said.get("surname", False),
        role=said.get("role", False),
        directory=said.get("directory", False),
        vault=said.get("vault", treatment == "token"),
        band=tuple(said.get("band", ())),
        format=said.get("format"),
        time_zone=said.get("time_zone", "UTC"),
        pick=Pick(pick["name_key"], pick["value_key"], str(pick["name"])) if pick else None,
        accepted=tuple(said.get("accepted", ())),
        nulls=tuple(said.get("nulls", ())),
        beside=tuple(said.get("beside", ())),
        required=said.get("required", False),
        lookup=said.get("lookup"),
        note=said.get("note"),
        example=said.get("example"),
    )


def _treatment(document: Document, place: tuple[Any, ...], said: Mapping[str, Any]) -> str:
    privacy_class, kind, declared = str(said["class"]), str(said.get("kind", "")), said["type"]
    if privacy_class == "personal" and not kind:
        raise document.error(place, "is personal and needs `kind`: email, phone, name, id, ip, url, address, handle or disguised")
    default = _PERSONAL_DEFAULT[kind] if privacy_class == "personal" else _DEFAULT[privacy_class]
    treatment: str = said.get("treatment") or ("band" if "band" in said else default)
    if treatment not in _ALLOWED[privacy_class]:
        allowed = ", ".join(sorted(_ALLOWED[privacy_class]))
        raise document.error(place, f"is {privacy_class} and may not be treated by {treatment}; allowed: {allowed}")
    faults = {
        "token": kind not in _TOKENISED and "a token needs a kind of email, phone, id, ip or handle",
        "redact": declared not in {"text", "json"} and "only text and json can be redacted",
        "band": (declared not in _NUMERIC or "band" not in said) and "bands need a number type and `band: [lower bounds]`",
        "truncate": declared not in {*_TIMED, "text"} and "only addresses of pages and dates can be truncated",
    }
    if kind == "disguised" and treatment != "drop":
        raise document.error(place, "is an identifier in disguise: whatever is left of it may be turned back, so it can only be dropped")
    if fault := faults.get(treatment):
        raise document.error(place, fault)
    if said.get("directory") and kind not in {"email", "phone", "name", "handle", "id"}:
        raise document.error(place, "feeds the directory and needs a kind of email, phone, name, handle or id")
    for derived, wanted in (("surname", "name"), ("role", "email")):
        if said.get(derived) and kind != wanted:
            raise document.error((*place, derived), f"is made of a field of kind {wanted}")
    if "accepted" in said and treatment != "keep":
        raise document.error((*place, "accepted"), "can be checked only on a field that is kept")
    if sorted(bounds := said.get("band", ())) != list(bounds):
        raise document.error((*place, "band"), "write the lower bounds in ascending order")
    return treatment


def _domain(document: Document, place: tuple[Any, ...], said: Any, columns: Mapping[str, str]) -> DomainRule:
    if isinstance(said, str):
        return DomainRule(otherwise=said)
    if said["by"] not in columns:
        raise document.error((*place, "domain"), f"is decided by {said['by']!r}, which the stream does not declare")
    values = {as_text(value): domain for domain in ("employee", "customer") for value in said.get(domain, ())}
    return DomainRule(otherwise=said["else"], by=columns[said["by"]], values=MappingProxyType(values))


def _deleted(said: Mapping[str, Any], column_of: Any) -> Deleted:
    column = column_of(said["field"], "deleted")
    if "equals" not in said:
        return Deleted(column=column)
    values = said["equals"] if isinstance(said["equals"], list) else [said["equals"]]
    return Deleted(column=column, values=tuple(as_text(value) for value in values))


def _cursor(said: Mapping[str, Any]) -> Cursor:
    return Cursor(
        field=said["field"],
        param=said.get("param"),
        format=said.get("format", "iso"),
        start=said.get("start"),
        overlap_seconds=said.get("overlap_seconds", 0),
        is_sorted=said.get("sorted", False),
        or_field=said.get("or_field"),
        time_zone=said.get("time_zone", "UTC"),
        is_inclusive=said.get("inclusive", True),
        precision=said.get("precision", "microsecond"),
    )


def _check_roles(document: Document, place: tuple[Any, ...], stream: Stream) -> None:
    """Key, clock and deletion marker are read after treatment: they must land whole."""
    for column in stream.key:
        landed = stream.by_column[column].landed
        if len(landed) != 1:
            raise document.error((*place, "key"), f"holds {column}, which lands as {len(landed)} columns: a key must land as exactly one")
    if stream.clock and (stream.by_column[stream.clock].type not in _TIMED or stream.by_column[stream.clock].treatment != "keep"):
        raise document.error((*place, "clock"), f"{stream.clock} must be a timestamp or date that is kept")
    if stream.deleted and stream.by_column[stream.deleted.column].treatment != "keep":
        raise document.error((*place, "deleted"), f"{stream.deleted.column} must be kept")


def _check_deletions(document: Document, place: tuple[Any, ...], stream: Stream) -> None:
    """What is gone is found by key; a stream that is replaced is read whole, so it has no starting point to read on from."""
    for option in ("replace", "deletes"):
        if option in stream.options and "none" not in stream.options[option] and not stream.key:
            raise document.error((*place, option), "finds deleted records by their key, which the stream does not declare")
    if "replace" in stream.options:
        for other, present in (("cursor", stream.cursor is not None), ("reread", "reread" in stream.options)):
            if present:
                raise document.error((*place, other), "has no use beside `replace`: every reading is the whole stream")
        if "deletes" in stream.options:
            raise document.error((*place, "deletes"), "has no use beside `replace`: what a reading no longer holds is deleted")


def _check_landed(document: Document, place: tuple[Any, ...], stream: Stream) -> None:
    owners: dict[str, str] = {}
    for declared in stream.fields:
        for column in declared.landed:
            where = (*place, "fields", declared.name)
            if fault := name_fault(column):
                raise document.error(where, fault)
            if column in owners:
                raise document.error(where, f"lands as {column}, as {owners[column]!r} does: give one of them another name with `as`")
            owners[column] = declared.name


def as_text(value: Any) -> str:
    """Return a scalar as a warehouse writes it in text: booleans in lower case."""
    return str(value).lower() if isinstance(value, bool) else str(value)
