"""Import the bundle, give its dashboards to their readers, remove what it no longer holds."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import yaml
from bundle.ids import stable_uuid
from bundle.spec import Dashboard

OURS = "rapport:superset/"


def import_bundle(files: dict[str, str]) -> None:
    """Import datasets, charts and dashboards over what is there.

    The connections are not imported: `access.apply_connections` makes them with this home's addresses.
    """
    from superset.commands.importers.v1.assets import ImportAssetsCommand

    contents = {path: text for path, text in files.items() if not path.startswith("databases/")}
    ImportAssetsCommand(contents, sparse=True).run()


def give_dashboards(dashboards: list[Dashboard]) -> None:
    """Make each dashboard readable by exactly the roles its specification names."""
    from superset import db, security_manager

    for specification in dashboards:
        found = stored_dashboard(specification)
        found.roles = [security_manager.find_role(name) for name in specification.roles]
    db.session.commit()


def prune(files: dict[str, str]) -> int:
    """Delete dashboards, charts and datasets that once came from the bundle and are no longer in it.

    What people made by hand is never touched: only objects whose origin is the bundle are looked at.

    Returns:
        How many objects were deleted.
    """
    from superset.connectors.sqla.models import SqlaTable
    from superset.models.dashboard import Dashboard as StoredDashboard
    from superset.models.slice import Slice

    from superset import db

    kept = {yaml.safe_load(text)["uuid"] for path, text in files.items() if PurePosixPath(path).name != "metadata.yaml"}
    deleted = 0
    for model in (StoredDashboard, Slice, SqlaTable):
        for stored in db.session.query(model).filter(model.external_url.like(f"{OURS}%")):
            if str(stored.uuid) not in kept:
                db.session.delete(stored)
                deleted += 1
    db.session.commit()
    return deleted


def empty_cache() -> None:
    """Forget every cached answer: the numbers behind them may have changed."""
    from superset.extensions import cache_manager

    cache_manager.data_cache.clear()


def stored_dashboard(specification: Dashboard) -> Any:
    """Return Superset's row of a dashboard of the bundle."""
    from superset.models.dashboard import Dashboard as StoredDashboard

    from superset import db

    return db.session.query(StoredDashboard).filter_by(uuid=stable_uuid("dashboard", specification.slug)).one()
