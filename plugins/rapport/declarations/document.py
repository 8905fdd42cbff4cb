"""A YAML document that remembers on which line everything stands."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from rapport.declarations.errors import DeclarationError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE = "tag:yaml.org,2002:merge"


class Document:
    """One parsed file.

    Attributes:
        file: where it was read from.
        value: the content as plain dicts, lists and scalars.
    """

    def __init__(self, file: Path, text: str) -> None:
        self.file = file
        self._lines: dict[tuple[Any, ...], int] = {}
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            self.value: Any = self._build(loader, node, ()) if node is not None else None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise DeclarationError(file, (mark.line + 1) if mark else 1, "", f"not YAML: {error.problem}") from None
        finally:
            loader.dispose()

    @classmethod
    def read(cls, file: Path) -> Document:
        """Read and parse `file`.

        Raises:
            DeclarationError: it is not UTF-8 or not YAML, or a key stands twice.
        """
        try:
            return cls(file, file.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            raise DeclarationError(file, 1, "", "not UTF-8: save the file as UTF-8") from None

    def line(self, path: Iterable[Any]) -> int:
        """Return the line on which `path` stands, or that of its nearest parent that is written down."""
        place = tuple(path)
        while place and place not in self._lines:
            place = place[:-1]
        return self._lines.get(place, 1)

    def error(self, path: Iterable[Any], message: str) -> DeclarationError:
        """Return the error `message` at `path`."""
        place = tuple(path)
        return DeclarationError(self.file, self.line(place), ".".join(str(part) for part in place), message)

    def check(self, schema: Path) -> None:
        """Check the document against a JSON Schema file.

        Raises:
            DeclarationError: it does not fit; the message is of the most telling fault.
        """
        from jsonschema.exceptions import best_match

        fault = best_match(_validator(schema).iter_errors(self.value))
        if fault is not None:
            raise self._fault(fault)

    def faults(self, schema: Path) -> list[DeclarationError]:
        """Return every fault of the document against a JSON Schema file, one a place, in order of line."""
        from jsonschema.exceptions import best_match

        found: dict[tuple[int, str], DeclarationError] = {}
        for top in _validator(schema).iter_errors(self.value):
            error = self._fault(best_match([top]))
            found.setdefault((error.line, error.path), error)
        return [found[place] for place in sorted(found)]

    def _fault(self, fault: Any) -> DeclarationError:
        place = list(fault.absolute_path)
        if fault.validator == "additionalProperties" and isinstance(fault.instance, dict):
            known = fault.schema.get("properties", {})
            place.append(next(key for key in fault.instance if key not in known))
            return self.error(place, f"unknown key; known here: {', '.join(sorted(known))}")
        return self.error(place, fault.schema.get("x-message") or fault.message)

    def _build(self, loader: Any, node: yaml.Node, path: tuple[Any, ...]) -> Any:
        self._lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            self._refuse_twice(loader, node, path)
            loader.flatten_mapping(node)
            built: dict[Any, Any] = {}
            for key_node, value_node in node.value:
                key = loader.construct_object(key_node)
                self._lines[(*path, key)] = key_node.start_mark.line + 1
                built[key] = self._build(loader, value_node, (*path, key))
            return built
        if isinstance(node, yaml.SequenceNode):
            return [self._build(loader, item, (*path, index)) for index, item in enumerate(node.value)]
        return loader.construct_object(node)

    def _refuse_twice(self, loader: Any, node: yaml.MappingNode, path: tuple[Any, ...]) -> None:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            if key_node.tag == _MERGE:
                continue
            key = loader.construct_object(key_node)
            place = (*path, key)
            if not isinstance(key, str):
                raise DeclarationError(
                    self.file, key_node.start_mark.line + 1, ".".join(map(str, place)), f"the key {key!r} is not text: put it in quotes"
                )
            if key in seen:
                raise DeclarationError(self.file, key_node.start_mark.line + 1, ".".join(map(str, place)), "stands twice: keep one")
            seen.add(key)


@cache
def _validator(schema: Path) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema.read_text()))
