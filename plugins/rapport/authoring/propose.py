"""Propose a type and a privacy class for a field that nobody has declared, from its name and some values.

A proposal errs on the safe side: what may hold a person's words or identifiers is proposed as such, and a person decides.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import yaml

from rapport.declarations.naming import column_name, name_fault

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_HEX = re.compile(r"[0-9a-fA-F]{32,128}")
_PHONE = re.compile(r"\+?[\d ()/.-]{7,20}")
_WORDS = re.compile(r"[a-z]+|\d+")
_TIMED_NAME = {"at", "time", "date", "created", "updated", "modified", "timestamp", "ts", "on"}
_TOKENISED = frozenset({"email", "phone", "id", "ip", "handle"})
_EPOCH, _EPOCH_MS = (10**8, 10**10), (10**11, 10**13)
_LONG, _MANY_WORDS = 40, 4


def _any_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Words of a field's name -> class, kind and why. The first that fits decides.
_BY_NAME: tuple[tuple[frozenset[str], str, str | None, str], ...] = (
    (_any_of("email mail emails"), "personal", "email", "its name says e-mail"),
    (_any_of("phone mobile fax telephone tel msisdn"), "personal", "phone", "its name says phone"),
    (_any_of("ip"), "personal", "ip", "its name says network address"),
    (
        _any_of(
            "birthday birth dob gender sex salary wage religion ethnicity race marital health disability nationality iban ssn passport"
        ),
        "sensitive",
        None,
        "its name says something sensitive",
    ),
    (_any_of("username login handle nickname nick screenname"), "personal", "handle", "its name says user name"),
    (_any_of("street address zip postcode postal latitude longitude lat lon"), "personal", "address", "its name says address"),
    (
        _any_of("firstname lastname fullname surname realname forename displayname"),
        "personal",
        "name",
        "its name says a person's name",
    ),
    (_any_of("name author"), "personal", "name", "its name may be a person's"),
)
_PICTURE = _any_of("avatar gravatar photo picture image thumbnail")
_TEXTS = _any_of("description comment comments body note notes message messages subject title text summary feedback content")
_NOT_A_PERSON = _any_of(
    "file event field type status priority category group team role stage product plan tag page host queue country city language id ids"
)
_OF_A_PERSON = _any_of("first last full given family display")
_NUMBERS_OF_PEOPLE = _any_of("phone mobile salary wage lat lon latitude longitude")
_DAYS_OF_PEOPLE = _any_of("birth birthday dob")


@dataclass(frozen=True)
class Proposal:
    """What a field might be declared as.

    Attributes:
        name: the field as the source names it, dotted where it is nested.
        said: its declaration, as in the YAML file.
        reason: why.
    """

    name: str
    said: dict[str, Any]
    reason: str

    @property
    def line(self) -> str:
        """One line of YAML."""
        key = yaml.safe_dump({self.name: None}, allow_unicode=True, width=1000).removesuffix(": null\n")
        body = yaml.safe_dump(self.said, default_flow_style=True, sort_keys=False, allow_unicode=True, width=1000).strip()
        return f"{key}: {body}"


def looks_personal(name: str, declared: str) -> str | None:
    """Say why a field of this name and declared type seems to hold something about a person, or None."""
    words = _words(name)
    if (declared in {"boolean", "timestamp", "date"} and not words & _DAYS_OF_PEOPLE) or (
        declared in {"bigint", "double", "decimal"} and not words & _NUMBERS_OF_PEOPLE
    ):
        return None
    if words & _PICTURE:
        return "its name says picture, whose address often holds a hash of an e-mail"
    for known, _, kind, why in _BY_NAME:
        if words & known and not (kind in {"name", "email", "ip"} and words & _NOT_A_PERSON):
            return why if kind != "name" or "name" not in words or words & _OF_A_PERSON else None
    return None


def propose(name: str, values: Sequence[Any], domain: str, taken: set[str]) -> list[Proposal]:
    """Return proposals for a field; an object gives one for each of its parts.

    Args:
        name: the field's name in the source.
        values: some of its values, of any kind.
        domain: `customer` or `employee`: whose identifiers the source holds unless said otherwise.
        taken: column names in use; those proposed are added.
    """
    present = [value for value in values if value is not None and value != ""]
    if present and all(isinstance(value, dict) for value in present) and name.count(".") < 4:
        parts = dict.fromkeys(part for value in present for part in value)
        return [found for part in parts for found in propose(f"{name}.{part}", [value.get(part) for value in present], domain, taken)]
    said, reason = _declaration(name, present)
    if domain == "employee" and said.get("kind") in _TOKENISED:
        said["domain"] = "employee"
    if said.get("kind") in {"email", "phone", "name"}:
        said["directory"] = True  # whoever is known is taken out of everybody's texts
    _name_column(name, said, taken)
    return [Proposal(name, said, reason)]


def _declaration(name: str, values: Sequence[Any]) -> tuple[dict[str, Any], str]:
    if not values:
        return {"type": "text", "class": "free_text"}, "no value seen: taken for text of a person until you know better"
    words = _words(name)
    declared = _type(words, values)
    texts = [value for value in values if isinstance(value, str)]
    if words & _PICTURE or (texts and all(_HEX.fullmatch(text) for text in texts)):
        return {"type": "text", "class": "personal", "kind": "disguised"}, "a picture address or a digest may stand for an e-mail"
    if declared["type"] not in {"text", "json"} and not looks_personal(name, declared["type"]):
        return {**declared, "class": "internal"}, "numbers, times and flags"
    if declared["type"] == "json":
        return {"type": "json", "class": "free_text"}, "a list: every text in it is redacted; `explode` makes a stream of its items"
    said, reason = _class_of_text(words, texts)
    return {**declared, **said}, reason


def _class_of_text(words: set[str], texts: Sequence[str]) -> tuple[dict[str, Any], str]:
    if kind := _kind_of_values(texts):
        return {"class": "personal", "kind": kind}, f"its values are {kind}s"
    for known, privacy_class, kind_said, why in _BY_NAME:
        if words & known and not (kind_said in {"name", "email"} and words & _NOT_A_PERSON):
            return {"class": privacy_class, **({"kind": kind_said} if kind_said else {})}, why
    if words & _TEXTS or any(len(text) > _LONG or text.count(" ") >= _MANY_WORDS for text in texts):
        return {"class": "free_text"}, "people's words"
    return {"class": "internal"}, "short codes"


def _type(words: set[str], values: Sequence[Any]) -> dict[str, Any]:
    kinds = {type(value) for value in values}
    if kinds == {bool}:
        return {"type": "boolean"}
    if kinds == {int}:
        for (low, high), written in ((_EPOCH, "epoch"), (_EPOCH_MS, "epoch_ms")):
            if words & _TIMED_NAME and all(low < value < high for value in values):
                return {"type": "timestamp", "format": written}
        return {"type": "bigint"}
    if kinds <= {int, float}:
        return {"type": "double"}
    if kinds & {dict, list}:
        return {"type": "json"}
    texts = [str(value) for value in values]
    written = next((named for named, shape in (("date", _DATE), ("timestamp", _TIME)) if all(map(shape.fullmatch, texts))), "text")
    return {"type": written}


def _kind_of_values(texts: Sequence[str]) -> str | None:
    if not texts:
        return None
    if all(text.startswith(("http://", "https://")) for text in texts):
        return "url"
    if any(_EMAIL.fullmatch(text) for text in texts):
        return "email"
    if all(_is_ip(text) for text in texts):
        return "ip"
    is_phone = all(_PHONE.fullmatch(text) and sum(map(str.isdigit, text)) > 8 for text in texts)
    return "phone" if is_phone and any(text.startswith("+") for text in texts) else None


def _is_ip(text: str) -> bool:
    with suppress(ValueError):
        return bool(ipaddress.ip_address(text))
    return False


def _words(name: str) -> set[str]:
    """Return the words of a name, and its neighbours joined, so that `firstName` and `first_name` are `firstname`, too."""
    with suppress(ValueError):
        name = column_name(name)
    words = _WORDS.findall(name.lower())
    return {*words, *(first + second for first, second in pairwise(words))}


def _name_column(name: str, said: dict[str, Any], taken: set[str]) -> None:
    """Name the column where the field's own name makes none, or one that is taken."""
    try:
        wanted = column_name(name)
        fault = name_fault(wanted)
    except ValueError:
        wanted, fault = "field", "no name"
    column = wanted[:40] if fault else wanted
    number = 2
    while column in taken:
        column, number = f"{wanted[:40]}_{number}", number + 1
    if fault or column != wanted:
        said["as"] = column
    taken.add(column)


def parsed(text: str | None) -> Any:
    """Return the value behind a probed field: JSON where it is, else the text itself."""
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
