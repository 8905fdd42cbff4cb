"""The inbox: which files a company without connectors puts down, described from the declarations that read them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rapport.declarations import Field, Source, Stream, load_source
from rapport.home import Home, HomeError

_LANDS = {
    "keep": "as it is",
    "token": "as a keyed token",
    "redact": "with names, addresses and numbers taken out",
    "truncate": "without its query",
    "drop": "not at all",
    "band": "as a band",
}
_TYPES = {
    "text": "text",
    "bigint": "whole number",
    "double": "number",
    "decimal": "number",
    "boolean": "true or false",
    "timestamp": "time, ISO 8601; UTC if it names no zone",
    "date": "day, YYYY-MM-DD",
    "json": "JSON",
}


@dataclass(frozen=True)
class Layout:
    """The files of one vendor-neutral entity.

    Attributes:
        entity: the entity, and the folder below the inbox.
        source: the declaration that reads them.
        stream: its stream.
    """

    entity: str
    source: Source
    stream: Stream

    def columns(self) -> list[dict[str, Any]]:
        """Return one object a column: `name type class meaning is_required accepted example lands`."""
        return [
            {
                "name": field.path,
                "type": field.type,
                "class": field.privacy_class,
                "meaning": field.note,
                "is_required": field.required,
                "accepted": list(field.accepted),
                "example": field.example,
                "lands": _lands(field),
            }
            for field in self.stream.fields
        ]


def layouts(home: Home) -> dict[str, Layout]:
    """Return the layouts of the inbox by entity, in order of domain and declaration.

    Raises:
        HomeError: the folder of declarations holds none of an inbox.
    """
    found = {
        stream.name: Layout(stream.name, source, stream)
        for source in map(load_source, sorted(home.sources_dir.glob("*/inbox_*.yml")))
        for stream in source.streams.values()
    }
    if not found:
        raise HomeError(f"{home.sources_dir} declares no inbox: copy the files inbox_*.yml of {home.root / 'sources'} into it")
    return found


def layout(home: Home, entity: str) -> Layout:
    """Return the layout of an entity.

    Raises:
        HomeError: there is none.
    """
    known = layouts(home)
    if entity not in known:
        raise HomeError(f"the inbox has no folder {entity}: choose one of {', '.join(known)}")
    return known[entity]


def template(wanted: Layout, form: str) -> str:
    """Return the content of an example file of a layout: the names of the columns and one invented row, as `csv` or `jsonl`."""
    row = {field.path: field.example for field in wanted.stream.fields}
    if form == "jsonl":
        return json.dumps({field.path: _plain(field) for field in wanted.stream.fields}, ensure_ascii=False) + "\n"
    text = io.StringIO()
    out = csv.DictWriter(text, list(row), lineterminator="\n")
    out.writeheader()
    out.writerow(row)
    return text.getvalue()


def lines(wanted: Layout) -> Iterator[str]:
    """Yield a layout as text for a terminal, line by line."""
    yield f"inbox/{wanted.entity}/*.csv, *.jsonl, *.parquet - {wanted.stream.description}"
    yield ""
    width = max(len(field.path) for field in wanted.stream.fields)
    for field in wanted.stream.fields:
        mark = "*" if field.required else " "
        yield f"{mark} {field.path:<{width}}  {_TYPES[field.type]}; {_class(field)}; lands {_lands(field)}"
        yield f"  {'':<{width}}  {field.note}. Example: {field.example}"
        if field.accepted:
            yield f"  {'':<{width}}  one of {', '.join(map(str, field.accepted))}"
    yield ""
    yield "* has to be there and filled in every row. Other columns may be left out; a column that is not in this list refuses the file."


def page(wanted: Layout) -> str:
    """Return a layout as a page of the reference."""
    rows = [
        f"| `{field.path}`{' **required**' if field.required else ''} | {_meaning(field)} | {_TYPES[field.type]} | {_class(field)} "
        f"| {_lands(field)} | `{field.example}` |"
        for field in wanted.stream.fields
    ]
    head = [
        f"# `inbox/{wanted.entity}`",
        "",
        f"<!-- Written by `rapport docs` from sources/{wanted.source.domain}/{wanted.source.name}.yml. -->",
        "",
        f"{wanted.stream.description} Files: `$RAPPORT_HOME/inbox/{wanted.entity}/*.csv`, `*.jsonl` or `*.parquet`; how they are read:"
        " [start from files](../../how-to/start-from-files.md).",
        "",
        "| column | meaning | type | class | lands | example |",
        "|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *rows]) + "\n"


def index(known: dict[str, Layout]) -> str:
    """Return the page that lists the layouts."""
    rows = [f"| [`{entity}`]({entity}.md) | {one.source.domain} | {one.stream.description} |" for entity, one in known.items()]
    head = [
        "# The folders of the inbox",
        "",
        "<!-- Written by `rapport docs`. -->",
        "",
        "| folder | domain | holds |",
        "|---|---|---|",
    ]
    return "\n".join([*head, *rows]) + "\n"


def _meaning(field: Field) -> str:
    return f"{field.note}{': ' + ', '.join(f'`{value}`' for value in field.accepted) if field.accepted else ''}"


def _class(field: Field) -> str:
    return f"{field.privacy_class.replace('_', ' ')}{' (' + field.kind + ')' if field.kind else ''}"


def _lands(field: Field) -> str:
    """Say what lands; names that are dropped still teach what to take out of texts."""
    said = _LANDS[field.treatment]
    if field.treatment == "token":
        domains = {field.domain.otherwise, *field.domain.values.values()}
        said += f" ({' or '.join(sorted(domains))})"
    return f"{said}; taken out of all texts" if field.directory else said


def _plain(field: Field) -> Any:
    """Return the example as JSON writes it: numbers and truth values without quotes."""
    return json.loads(field.example or "null") if field.type in {"bigint", "double", "boolean"} else field.example
