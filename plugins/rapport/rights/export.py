"""Everything that is held of a person, in a file for them: JSON to be read by programs, and a page to be read by people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from rapport.declarations import Field, Source, Stream
from rapport.home import Home
from rapport.privacy import Keyring
from rapport.rights import raw, requests
from rapport.rights.conditions import as_columns, key_columns, names_in, table_of
from rapport.rights.erase import connect, finder_of
from rapport.rights.retention import terms
from rapport.rights.subject import Subject


def export(home: Home, subject: Subject, *, who: str, purpose: str, folder: Path, may_be_several: bool = False) -> Sequence[Path]:
    """Write a person's file and its cover into a folder, mode 0600, and note in the access log who did and why.

    Raises:
        RightsError: there is no purpose, or the identifiers lead to several persons.
    """
    keyring = Keyring.from_home(home)
    with connect(home) as conn:
        finder = finder_of(home, conn, keyring)
        found = finder.find(subject, may_be_several=may_be_several)
        requests.note_access(conn, who, f"export {subject.hash(keyring).hex()[:16]}", purpose)
        tokens = raw.tokens_of(conn, finder, found)
        values = raw.values_of(conn, keyring, subject.domain, tokens).plain
        clear = {token: value for token, (_, value) in values.items() if value}
        held = [_stream(conn, *finder.streams[place], names, clear) for place, names in sorted(found.records.items()) if names]
    months = terms(home)
    until = f"{months['raw']} months after its last change (free text {months['free_text']} months), or until you ask for it to be erased"
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"subject-{subject.hash(keyring).hex()[:12]}-{now[:10]}"
    whole = {"made_at": now, "domain": subject.domain, "records": found.count, "kept_until": until, "held": held}
    return [
        _write(folder / f"{name}.json", json.dumps(whole, indent=1, default=str, ensure_ascii=False)),
        _write(folder / f"{name}.md", _cover(now, until, held)),
    ]


def _stream(
    conn: psycopg.Connection, source: Source, stream: Stream, names: set[tuple[str, ...]], clear: Mapping[str, str]
) -> dict[str, Any]:
    with conn.cursor(row_factory=dict_row) as cursor:
        query = sql.SQL("select * from {} where {} order by {}").format(
            table_of(source, stream), names_in(key_columns(stream)), sql.SQL(", ").join(map(sql.Identifier, key_columns(stream)))
        )
        rows = cursor.execute(query, as_columns(names)).fetchall()
    shown = {name: field for field in stream.fields for name in field.landed}
    return {
        "system": source.system,
        "stream": stream.name,
        "what": stream.description or stream.name.replace("_", " "),
        "fields": {field.column: _why(field) for field in stream.fields if field.landed},
        "records": [{name: _clear(row[name], clear) for name in shown if row.get(name) is not None} for row in rows],
    }


def _why(field: Field) -> str:
    how = {"token": "kept as a pseudonym, the value encrypted apart", "redact": "names and addresses taken out", "keep": "kept as it is"}
    return f"{field.privacy_class}: {how.get(field.treatment, field.treatment)}" + (f"; {field.note}" if field.note else "")


def _clear(value: Any, clear: Mapping[str, str]) -> Any:
    return clear.get(value, value) if isinstance(value, str) else value


def _cover(now: str, until: str, held: Sequence[Mapping[str, Any]]) -> str:
    lines = [
        "# What is held of you",
        "",
        f"Made on {now[:10]}. The whole is in the file of the same name that ends in `.json`.",
        "",
        "| system | what | records |",
        "|---|---|---|",
        *(f"| {one['system']} | {one['what']} | {len(one['records'])} |" for one in held),
        "",
        "Names, postal addresses and birthdays are not kept: they are dropped before anything is stored. In texts, names, addresses and "
        "numbers are replaced by what kind of thing stood there.",
        "",
        f"It is kept until {until}. Results of groups of at least five people, in which you cannot be made out, stay.",
        "",
    ]
    return "\n".join(lines)


def _write(file: Path, text: str) -> Path:
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(text)
    return file
