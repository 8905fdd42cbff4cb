"""What dbt's lineage says of personal data: whether its class falls on the way, who may read it, and whether an erasure reaches it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rapport.declarations import Source
from rapport.warehouse.dbt_manifest import ANALYSIS, BUILT
from rapport.warehouse.roles_policy import Policy

GUARDED = frozenset({"personal", "sensitive", "free_text"})
_NOT_FOR_PEOPLE = frozenset({"personal", "sensitive"})
_KEY = r"(?:^|_)(?:person|customer|employee|visitor|respondent)_(?:key|sk)\Z"
PERSON_KEY, SUBJECT_KEY = re.compile(_KEY), re.compile(rf"_token\Z|{_KEY}")

Table = tuple[str, str]  # schema, name


@dataclass(frozen=True)
class Raw:
    """What the declarations say of one raw table.

    Attributes:
        classes: landed column -> privacy class.
        is_somebodys: whether its records are followed from a person (`subject`, `belongs_to`).
        says_whose: whether it is somebody's, or gives a reason why it is nobody's, such as a company's.
    """

    classes: Mapping[str, str]
    is_somebodys: bool
    says_whose: bool


def raw_tables(sources: Iterable[Source]) -> dict[Table, Raw]:
    """Return every raw table of the declared sources, by schema and name."""
    found = {}
    for source in sources:
        for stream in source.streams.values():
            classes = {column: field.privacy_class for field in stream.fields for column in field.landed}
            is_somebodys = stream.reach is not None and not stream.reach.nobody
            found[source.raw_schema, stream.name] = Raw(classes, is_somebodys, stream.reach is not None)
    return found


def fallen(manifest: Any, raw: Mapping[Table, Raw]) -> list[str]:
    """Return the columns that are classed lower than the column of that name in a relation they are made from.

    Treatment never lowers a class: a token and a redacted text are of the class of what they stand for.
    """
    relations = {**manifest.nodes, **manifest.sources}
    faults = []
    for node in _models(manifest):
        above = [relations[parent] for parent in node.depends_on.nodes if parent in relations]
        for name, column in node.columns.items():
            if column.config.meta.get("privacy") in GUARDED:
                continue
            for parent in above:
                privacy = _class_of(parent, name, raw)
                if privacy in GUARDED:
                    faults.append(f"{node.name}.{name} is classed lower than {parent.schema}.{parent.name}.{name}, which is {privacy}")
    return faults


def exposed(manifest: Any, policy: Policy) -> list[str]:
    """Return the columns that say more of a person than people may read, in relations that `config/access.yml` lets people read."""
    people, faults = set(policy.people), []
    for node in _models(manifest):
        schema = node.schema.removeprefix(BUILT)
        readers = sorted({role for role, _ in policy.rule(schema).of_table(node.name)} & people)
        for name, column in node.columns.items() if readers else ():
            if (privacy := column.config.meta.get("privacy")) in _NOT_FOR_PEOPLE:
                faults.append(f"{node.name}.{name} is {privacy}, and {', '.join(readers)} may read {schema}")
    return faults


def unreached(manifest: Any, raw: Mapping[Table, Raw]) -> list[str]:
    """Return what holds a person's key or token and is not reached by an erasure, found by walking dbt's lineage down to raw.

    An erasure follows the declarations to a person's records in the raw tables, takes them out and builds anew what is made from them.
    So every raw table below such a model has to be declared and to say whose its records are, and nothing may keep rows for itself: no
    seed, no snapshot.
    """
    relations = {**manifest.nodes, **manifest.sources}
    faults = []
    for node in _models(manifest):
        if not any(SUBJECT_KEY.search(name) for name in node.columns):
            continue
        for end in _ends(node, relations):
            place = f"{end.schema}.{end.name}"
            if end.resource_type == "seed" and any(SUBJECT_KEY.search(name) for name in end.columns):
                faults.append(f"{node.name} holds a person's key that the seed {end.name} keeps: load it as a source")
            elif _is_raw(end) and (end.schema, end.name) not in raw:
                faults.append(f"{node.name} holds a person's key and reads {place}, which no declaration in sources/ names")
            elif _is_raw(end) and not raw[end.schema, end.name].says_whose:
                faults.append(f"{node.name} holds a person's key and reads {place}, which does not say whose its records are (`subject`)")
    faults += [
        f"{node.name} is a snapshot: it would keep a person whom an erasure takes out of what it was made from"
        for node in manifest.nodes.values()
        if node.resource_type == "snapshot"
    ]
    return faults


def orphaned(manifest: Any, raw: Mapping[Table, Raw]) -> list[str]:
    """Return the models with a person's key (not a token alone, which may be a company's) that come from no stream of persons at all.

    With every declared source in use this is a fault: the key comes from somewhere the lineage does not show.
    """
    relations = {**manifest.nodes, **manifest.sources}
    faults = []
    for node in _models(manifest):
        ends = [end for end in _ends(node, relations) if end.resource_type == "source"]
        if any(PERSON_KEY.search(name) for name in node.columns) and not any(_is_somebodys(end, raw) for end in ends):
            faults.append(f"{node.name} holds a person's key and comes from no stream of persons")
    return faults


def _models(manifest: Any) -> list[Any]:
    return [node for node in manifest.nodes.values() if node.resource_type == "model"]


def _class_of(node: Any, column: str, raw: Mapping[Table, Raw]) -> str | None:
    if _is_raw(node):
        declared = raw.get((node.schema, node.name))
        return declared.classes.get(column) if declared else None
    return node.columns[column].config.meta.get("privacy") if column in node.columns else None


def _is_raw(node: Any) -> bool:
    return bool(node.resource_type == "source" and node.schema.startswith("raw_"))


def _is_somebodys(end: Any, raw: Mapping[Table, Raw]) -> bool:
    """Say whether a relation without parents is a person's; steps write the tables of `analysis` anew, from models, at each build."""
    declared = raw.get((end.schema, end.name))
    return end.source_name == ANALYSIS or (declared is not None and declared.is_somebodys)


def _ends(node: Any, relations: Mapping[str, Any]) -> list[Any]:
    """Return the relations without parents from which a model is made, at any distance."""
    seen, left, ends = set(), [node], []
    while left:
        one = left.pop()
        parents = [relations[name] for name in _parents(one) if name in relations]
        ends += [] if parents else [one]
        left += [parent for parent in parents if parent.unique_id not in seen]
        seen |= {parent.unique_id for parent in parents}
    return ends


def _parents(node: Any) -> list[str]:
    return list(node.depends_on.nodes) if node.resource_type in {"model", "snapshot"} else []
