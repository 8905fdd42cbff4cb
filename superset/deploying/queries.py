"""Give analysts the saved queries of git, and take back those that git no longer holds."""

from __future__ import annotations

from uuid import UUID

from bundle.ids import stable_uuid
from bundle.saved import load_queries

from deploying.access import stored_database

ROLE = "Rapport analyst"
CONNECTION = "analyst"
SCHEMA = "marts_cx"
ORIGIN = '{"origin": "rapport:superset/queries"}'


def save_queries() -> int:
    """Write every saved query for every analyst: Superset shows a person only their own.

    A query that an analyst saved is theirs and stays; one of ours that they changed is as in git again.

    Returns:
        How many queries an analyst has from git.
    """
    from superset.models.sql_lab import SavedQuery

    from superset import db, security_manager

    queries = load_queries()
    database = stored_database(CONNECTION)
    kept: set[UUID] = set()
    for user in security_manager.find_role(ROLE).user:
        for place, query in enumerate(queries):
            uuid = UUID(stable_uuid("query", user.username, query.name))
            kept.add(uuid)
            stored = db.session.query(SavedQuery).filter_by(uuid=uuid).one_or_none() or SavedQuery(uuid=uuid)
            stored.user_id = stored.created_by_fk = stored.changed_by_fk = user.id
            stored.db_id, stored.schema = database.id, SCHEMA
            stored.label = query.title if place == 0 else f"{place:02d} {query.title}"
            stored.description, stored.sql, stored.extra_json = query.description, query.sql, ORIGIN
            db.session.add(stored)
    for stored in db.session.query(SavedQuery).filter_by(extra_json=ORIGIN):
        if stored.uuid not in kept:
            db.session.delete(stored)
    db.session.commit()
    return len(queries)
