"""Look through files of the inbox without landing anything: what would be refused, whole or row by row, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from rapport.authoring.inbox import Layout, layouts
from rapport.connect import ConnectError
from rapport.connect.files import read_file
from rapport.connect.folder import changed
from rapport.connect.strict import FILE, check_whole
from rapport.declarations import Source
from rapport.home import Home, HomeError


@dataclass(frozen=True)
class Fault:
    """One thing that would be set aside.

    Attributes:
        line: where the row stands, from 1 (the names); None for the whole file.
        column: which column is wrong, or `(file)`, `(row)`.
        reason: why, without any value.
    """

    line: int | None
    column: str
    reason: str


@dataclass(frozen=True)
class Checked:
    """What became of one file.

    Attributes:
        name: entity and file.
        rows: rows that would land.
        faults: what would be set aside, in order of line.
    """

    name: str
    rows: int = 0
    faults: list[Fault] = field(default_factory=list)


def check(home: Home, files: Iterable[Path] = (), entity: str | None = None) -> list[Checked]:
    """Check files, by default all of the inbox.

    Args:
        home: the installation.
        files: files to check; each belongs to the entity whose name its folder has.
        entity: the entity of `files`, where their folder does not say.

    Raises:
        HomeError: a file is not there, or belongs to no entity.
    """
    known = layouts(home)
    if chosen := list(files):
        return [_check_one(file, _layout_of(file, entity, known)) for file in chosen]
    inbox = home.path / "inbox"
    found = [_lost(path, inbox, known) for path in sorted(inbox.glob("*")) if _is_lost(path, known)]
    for one in known.values():
        found += _check_folder(inbox, one)
    return found


def _check_one(file: Path, layout: Layout) -> Checked:
    if not file.is_file():
        raise HomeError(f"there is no file {file}")
    stream = replace(layout.stream, options={**layout.stream.options, "files": file.name})
    found = _check_folder(file.parent.resolve(), replace(layout, stream=stream))
    return found[0] if found else Checked(file.name, faults=[Fault(None, FILE, "hidden files and *.example are not read")])


def _check_folder(folder: Path, layout: Layout) -> list[Checked]:
    found = []
    place = _at(layout.source, folder)
    for file in changed(place, layout.stream, None, {}):
        rows, faults = 0, []
        try:
            for page in read_file(layout.stream, file):
                check_whole(page, file.where)
                rows += page.table.num_rows
                faults += [Fault(reject.line, reject.field, reject.reason) for reject in page.rejected]
        except ConnectError as error:
            rows, faults = 0, [Fault(None, FILE, str(error).removeprefix(f"{file.where}: "))]
        found.append(Checked(file.name, rows, sorted(faults, key=lambda fault: (fault.line or 0, fault.column))))
    return found


def _at(source: Source, folder: Path) -> Source:
    return replace(source, connection=replace(source.connection, path=str(folder)))


def _layout_of(file: Path, entity: str | None, known: dict[str, Layout]) -> Layout:
    wanted = entity or file.resolve().parent.name
    if wanted not in known:
        raise HomeError(f"{file} lies in no folder of the inbox: say what it holds with --entity, one of {', '.join(known)}")
    return known[wanted]


def _is_lost(path: Path, known: dict[str, Layout]) -> bool:
    return not path.name.startswith(".") and path.suffix != ".example" and (path.is_file() or path.name not in known)


def _lost(path: Path, inbox: Path, known: dict[str, Layout]) -> Checked:
    return Checked(
        path.relative_to(inbox).as_posix(),
        faults=[Fault(None, FILE, f"lies in no folder that is read: move it into inbox/ENTITY, one of {', '.join(known)}")],
    )
