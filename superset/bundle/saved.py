"""The saved queries of analysts: `queries/*.sql`, each with its title and what it answers in its first comments."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bundle.spec import ROOT, SpecError


@dataclass(frozen=True)
class Query:
    """One saved query.

    Attributes:
        name: file name without `.sql`; the files' order is that of the list.
        title: its first line.
        description: what it answers, and how to change it.
        sql: its text, the first two comments included.
    """

    name: str
    title: str
    description: str
    sql: str


def load_queries(folder: Path = ROOT / "queries") -> list[Query]:
    """Return the saved queries in order.

    Raises:
        SpecError: a file does not begin with its title and a sentence that says what it answers.
    """
    return [_query(file) for file in sorted(folder.glob("*.sql"))]


def _query(file: Path) -> Query:
    text = file.read_text()
    comments = []
    for line in text.splitlines():
        if not line.startswith("-- "):
            break
        comments.append(line.removeprefix("-- "))
    if len(comments) < 2:
        raise SpecError(f"{file.name}: begins with a line `-- title` and one `-- what it answers`")
    return Query(file.stem, comments[0], " ".join(comments[1:]), text)
