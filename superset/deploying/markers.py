"""What the last deployment left behind, kept in Superset's own database: lost with it, as it must be."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

import psycopg2
from bundle.ids import stable_uuid
from bundle.spec import ROOT
from rapport.home import Home

_CODE = ("boundary", "bundle", "dashboards", "datasets", "deploying", "policies", "queries")


class NoReleaseError(RuntimeError):
    """The warehouse holds no release that dashboards could show."""


def marker(name: str) -> str | None:
    """Return what the marker `name` says, or None."""
    entry = _entry(name)
    return entry.value.decode() if entry else None


def set_marker(name: str, value: str) -> None:
    """Make the marker `name` say `value`."""
    from superset.key_value.models import KeyValueEntry

    from superset import db

    entry = _entry(name) or KeyValueEntry(uuid=_uuid(name), resource="rapport")
    entry.value = value.encode()
    db.session.add(entry)
    db.session.commit()


def fingerprint(files: dict[str, str], home: Home) -> str:
    """Return a digest of all that a deployment depends on: the bundle, this code, and the release it shows."""
    digest = hashlib.sha256(json.dumps(files, sort_keys=True).encode())
    for folder in _CODE:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(file.read_bytes())
    digest.update(_release(home).encode())
    return digest.hexdigest()


def _release(home: Home) -> str:
    with psycopg2.connect(home.dsn("analyst")) as connection, connection.cursor() as cursor:
        try:
            cursor.execute("select * from marts_cx.release_status")
        except (psycopg2.errors.UndefinedTable, psycopg2.errors.InvalidSchemaName):
            raise NoReleaseError("nothing has been published yet: run the pipeline (`rapport run`), then deploy again") from None
        return repr(cursor.fetchall())


def _entry(name: str) -> Any:
    from superset.key_value.models import KeyValueEntry

    from superset import db

    return db.session.query(KeyValueEntry).filter_by(uuid=_uuid(name)).one_or_none()


def _uuid(name: str) -> UUID:
    return UUID(stable_uuid("marker", name))
