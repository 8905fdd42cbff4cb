"""The two phases of a deployment, step by step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bundle.spec import load_dashboards
from bundle.write import read
from rapport.home import Home

from deploying.access import Policy, apply_connections, apply_roles, apply_users
from deploying.markers import fingerprint, marker, set_marker
from deploying.publishing import empty_cache, give_dashboards, import_bundle, prune
from deploying.queries import save_queries
from deploying.selftest import self_test

Report = Callable[[str], None]


def bootstrap(home: Home, report: Report) -> None:
    """Schema, permissions, roles, users and connections.

    Needs PostgreSQL with the database `superset` and its login role, and no table of the warehouse.
    """
    from superset import appbuilder, security_manager

    if _schema_is_current():
        report("metadata schema is current")
    else:
        from flask_migrate import upgrade

        upgrade(directory=str(_migrations()))
        report("metadata schema upgraded")
    if security_manager.find_role("sql_lab") is None or marker("permissions") != _installed_version():
        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        set_marker("permissions", _installed_version())
        report("permissions and built-in roles")
    policy = Policy.read()
    apply_connections(policy, home)
    apply_roles(policy)
    apply_users(policy, home)
    report(f"{len(policy.roles)} roles, {len(policy.users)} users, {len(policy.connections)} connections")


def _migrations() -> Path:
    import superset

    return Path(str(superset.__file__)).parent / "migrations"


def _schema_is_current() -> bool:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from superset import db

    with db.engine.connect() as connection:
        found = set(MigrationContext.configure(connection).get_current_heads())
    return found == set(ScriptDirectory(str(_migrations())).get_heads())


def _installed_version() -> str:
    from importlib.metadata import version

    return version("apache-superset")


def publish(home: Home, report: Report) -> list[str]:
    """Dashboards, who may open them, prune, a fresh cache, and a self-test as every role.

    Needs a release in the warehouse. Safe to run again, and to be run after every release; when neither the release nor
    the checkout has changed since the last run that found no problem, it does nothing.

    Returns:
        What the self-test found wrong, one line a problem; empty when every chart answered.
    """
    from superset.utils.core import override_user

    from superset import security_manager

    policy = Policy.read()
    files = read()
    dashboards = load_dashboards()
    apply_connections(policy, home)
    report(f"{save_queries()} saved queries for each analyst")  # an analyst may have come since the last release
    state = fingerprint(files, home)
    if state == marker("published"):
        report("dashboards are those of this release already")
        return []
    with override_user(security_manager.find_user(username="admin")):
        import_bundle(files)
        report(f"bundle imported, {len(files)} files")
        give_dashboards(dashboards)
        pruned = prune(files)
        report(f"dashboards given to their readers, {pruned} objects that git no longer holds removed")
        empty_cache()
        problems, folded = self_test(policy, dashboards)
    report(f"every chart asked as every role that may see it; {len(folded)} without data yet say so; cache warm")
    if not problems:
        set_marker("published", state)
    return problems
