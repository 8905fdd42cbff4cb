"""What is held of persons: each field and column with its class, where it stands, why, how it is treated, and until when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from rapport.declarations import Field, Source, Stream, load_sources, sources_in_use
from rapport.home import Home
from rapport.rights.erase import connect
from rapport.rights.retention import is_dated, terms
from rapport.warehouse.dbt import manifest_file
from rapport.warehouse.dbt_lineage import GUARDED, SUBJECT_KEY, raw_tables
from rapport.warehouse.dbt_manifest import BUILT, treatment_of

_LEDGERS = "intermediate"  # where a build keeps which keys it wants of a model: `wanted__<model>`, made anew by each build
_PURPOSE = {
    "token": "to know the records of one person again",
    "redact": "what somebody wrote, without who wrote it",
    "drop": "not needed",
    "band": "results of groups",
    "truncate": "results of groups",
    "keep": "kept because the field says so",
}
_TREATED = {
    "token": "token, keyed",
    "redact": "redacted; its length kept",
    "drop": "dropped before landing",
    "band": "band",
    "truncate": "truncated",
    "keep": "as it is",
}


@dataclass(frozen=True)
class Held:
    """One field of a source, or one column of a relation.

    Attributes:
        what: `source.stream.field`, or `schema.relation.column`.
        privacy: its class.
        where: relations and columns that hold it; empty if nothing lands.
        why: what it is for: the remark of its declaration, else what its treatment serves.
        treatment: what was done to it.
        until: when it goes.
    """

    what: str
    privacy: str
    where: tuple[str, ...]
    why: str
    treatment: str
    until: str


def holdings(home: Home, *, every_class: bool = False) -> list[Held]:
    """Return what is held: fields of the sources in use, in the order of the declarations, then columns of the models that stand.

    Args:
        home: the installation; without a build, only what sources say is told.
        every_class: also `public` and `internal`, not only what is of persons.

    Raises:
        RightsError: `config/retention.yml` cannot be read.
        DeclarationError: a declaration is wrong.
    """
    found = [*_of_sources(home), *_of_models(home)]
    return found if every_class else [held for held in found if held.privacy in GUARDED]


def strays(home: Home) -> list[str]:
    """Return the relations of the warehouse that hold a person's key or token and that no erasure reaches.

    Reached are the declared raw tables, what the build makes anew from them (models and tables of steps), and `vault` and `ops`, of which
    an erasure knows each table.
    """
    reached = set(raw_tables(load_sources(home.sources_dir).values()))
    file = manifest_file(home)
    manifest = json.loads(file.read_text()) if file.is_file() else {"nodes": {}, "sources": {}}
    for node in [*manifest["nodes"].values(), *manifest["sources"].values()]:
        if node["resource_type"] in {"model", "source"}:
            name = node.get("alias") or node["name"]
            reached |= {(node["schema"], name), (node["schema"].removeprefix(BUILT), name), (_LEDGERS, f"wanted__{node['name']}")}
    with connect(home) as conn:
        columns = conn.execute(
            "select n.nspname, c.relname, a.attname from pg_attribute a"
            " join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'm', 'p')"
            " join pg_namespace n on n.oid = c.relnamespace"
            " where a.attnum > 0 and n.nspname !~ '^(pg_|information_schema|vault$|ops$)'"
        ).fetchall()
    held = {(schema, name) for schema, name, column in columns if SUBJECT_KEY.search(column)}
    return sorted(f"{schema}.{name}" for schema, name in held - reached)


def lines(found: list[Held]) -> Iterator[str]:
    """Yield the report for a person who reads it: one block a relation or stream, and at the end how much there is of each class."""
    place = ""
    for held in found:
        owner, _, name = held.what.rpartition(".")
        if held.what.count(".") > 2:  # a field whose name has dots
            owner, name = ".".join(held.what.split(".")[:2]), ".".join(held.what.split(".")[2:])
        if owner != place:
            yield from ("", owner) if place else (owner,)
            place = owner
        yield f"  {name:<32} {held.privacy:<10} {held.treatment}; {held.until}"
        if held.where and held.where != (held.what,):
            yield f"  {'':<32} in {', '.join(held.where)}"
        yield f"  {'':<32} {held.why}"
    classes = sorted({held.privacy for held in found})
    counts = ", ".join(f"{sum(held.privacy == one for held in found):,} {one}" for one in classes)
    yield ""
    yield f"{len(found):,} fields and columns: {counts or 'nothing'}"


def as_json(found: list[Held]) -> str:
    """Return the report as a JSON list."""
    return json.dumps([asdict(held) for held in found], ensure_ascii=False)


def _of_sources(home: Home) -> Iterator[Held]:
    months, declared = terms(home), load_sources(home.sources_dir)
    for source in sources_in_use(home).values():
        for stream in source.streams.values():
            for field in stream.fields:
                yield Held(
                    what=f"{source.name}.{stream.name}.{field.name}",
                    privacy=field.privacy_class,
                    where=tuple(_places(source, stream, field)),
                    why=_why(field),
                    treatment=_TREATED[field.treatment],
                    until=_until(declared, source, stream, field, months),
                )


def _why(field: Field) -> str:
    purpose = field.note or _PURPOSE[field.treatment]
    return f"{purpose}; known to the directory, so that free texts lose it" if field.directory else purpose


def _places(source: Source, stream: Stream, field: Field) -> Iterator[str]:
    for column in field.landed:
        yield f"{source.raw_schema}.{stream.name}.{column}"
    if field.treatment == "token" and field.vault:
        yield "vault.secret (sealed)"
    if field.directory:
        yield "vault.directory (keyed hashes)"


def _until(declared: dict[str, Source], source: Source, stream: Stream, field: Field, months: dict[str, int]) -> str:
    if not field.landed:
        return "not kept"
    if field.treatment == "redact":
        return f"{months['free_text']} months after its last change"
    if stream.reach is None or stream.reach.nobody:
        return "while the source serves it"
    if is_dated(declared, source, stream):
        return f"{months['raw']} months after its last change, or its person's erasure"
    return "while the source serves it, or its person's erasure"


def _of_models(home: Home) -> Iterator[Held]:
    file = manifest_file(home)
    if not file.is_file():
        return
    for node in json.loads(file.read_text())["nodes"].values():
        if node["resource_type"] != "model":
            continue
        schema = node["schema"].removeprefix(BUILT)
        for name, column in node["columns"].items():
            privacy = column["config"]["meta"].get("privacy", "")
            what = f"{schema}.{node['alias'] or node['name']}.{name}"
            yield Held(
                what, privacy, (what,), " ".join(column["description"].split()), treatment_of(name), "as the records it is made from"
            )
