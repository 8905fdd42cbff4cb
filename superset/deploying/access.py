"""Roles, users and connections, from `policies/roles.yml`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from rapport.home import Home
from werkzeug.security import check_password_hash, generate_password_hash

POLICY = Path(__file__).resolve().parents[1] / "policies" / "roles.yml"


@dataclass(frozen=True)
class Policy:
    """The policy file: connections, roles and users by name."""

    connections: dict[str, dict[str, Any]]
    roles: dict[str, dict[str, Any]]
    users: dict[str, dict[str, Any]]

    @classmethod
    def read(cls, file: Path = POLICY) -> Policy:
        """Read the policy; a missing section is an error."""
        content = yaml.safe_load(file.read_text())
        return cls(content["connections"], content["roles"], content["users"])


def connection_name(audience: str) -> str:
    """Return the name under which Superset shows the connection of `audience`."""
    return f"Warehouse as {audience}"


def apply_roles(policy: Policy) -> None:
    """Make every role of the policy hold exactly the permissions written there."""
    from superset import db, security_manager

    for name, wanted in policy.roles.items():
        role = security_manager.find_role(name) or security_manager.add_role(name)
        permissions = {p for like in wanted.get("like", ()) for p in security_manager.find_role(like).permissions}
        for line in wanted.get("may", ()):
            permission, view = line.split(" on ", 1)
            permissions.add(security_manager.add_permission_view_menu(permission, view))
        for audience in wanted.get("connections", ()):
            database = stored_database(audience)
            permissions.add(security_manager.add_permission_view_menu("database_access", database.perm))
        if set(role.permissions) != permissions:
            role.permissions = sorted(permissions, key=lambda p: p.id)
    db.session.commit()


def apply_users(policy: Policy, home: Home) -> None:
    """Make every user of the policy exist, with the roles written there and the password the home keeps."""
    from superset import db, security_manager

    for username, wanted in policy.users.items():
        password = home.secret(f"superset_{username}")
        roles = [security_manager.find_role(name) for name in wanted["roles"]]
        user = security_manager.find_user(username=username)
        if user is None:
            first, _, last = str(wanted["name"]).partition(" ")
            user = security_manager.add_user(username, first, last or "user", f"{username}@rapport.localhost", roles, password=password)
            if not user:
                raise RuntimeError(f"Superset refused to create the user {username}: see its log")
        if {role.name for role in user.roles} != {role.name for role in roles}:
            user.roles = roles
        if not check_password_hash(user.password, password):
            user.password = generate_password_hash(password)
        user.active = True
    db.session.commit()


def apply_person(policy: Policy, name: str, *, role: str, password: str | None, is_active: bool) -> None:
    """Make one person exist with the roles of the policy's account `role`, disabled or not.

    Args:
        policy: the policy file.
        name: the account.
        role: name of an account of the policy.
        password: a first password; None leaves the present one.
        is_active: whether the account may log in; one that may not has no open session either.

    Raises:
        RuntimeError: Superset refuses the account, or one without a password would be new.
    """
    from superset import db, security_manager

    roles = [security_manager.find_role(known) for known in policy.users[role]["roles"]]
    user = security_manager.find_user(username=name)
    if user is None:
        if password is None:
            raise RuntimeError(f"there is no account {name} in Superset: add it first")
        user = security_manager.add_user(name, name.capitalize(), role, f"{name}@people.rapport.localhost", roles, password=password)
        if not user:
            raise RuntimeError(f"Superset refused to create the user {name}: see its log")
    elif password is not None:
        user.password = generate_password_hash(password)
    user.roles, user.active = roles, is_active
    db.session.commit()


def apply_connections(policy: Policy, home: Home) -> dict[str, str]:
    """Make one connection an audience, with the address and password of this home.

    Returns:
        The uuid of each connection, by audience.
    """
    from bundle.ids import stable_uuid
    from superset.models.core import Database
    from superset.utils import json

    from superset import db

    uuids: dict[str, str] = {}
    for audience, wanted in policy.connections.items():
        uuid = stable_uuid("database", audience)
        uuids[audience] = uuid
        database = db.session.query(Database).filter_by(uuid=uuid).one_or_none() or Database(uuid=uuid)
        database.database_name = connection_name(audience)
        database.expose_in_sqllab = bool(wanted["sql_lab"])
        database.allow_run_async = False
        database.allow_ctas = database.allow_cvas = database.allow_dml = database.allow_file_upload = False
        database.is_managed_externally = True
        database.external_url = "rapport:superset/policies/roles.yml"
        database.extra = json.dumps(
            {
                "allows_virtual_table_explore": True,
                "cost_estimate_enabled": False,
                "disable_data_preview": False,
                "engine_params": {
                    "pool_pre_ping": True,
                    "connect_args": {
                        "application_name": f"superset {audience}",
                        "connect_timeout": 5,
                        "options": "-c statement_timeout=30000 -c default_transaction_read_only=on -c timezone=UTC",
                    },
                },
            },
            sort_keys=True,
        )
        address = home.dsn(str(wanted["database_role"])).replace("postgresql://", "postgresql+psycopg2://", 1)
        database.set_sqlalchemy_uri(address)
        db.session.add(database)
    db.session.commit()
    return uuids


def stored_database(audience: str) -> Any:
    """Return Superset's own record of a connection."""
    from superset.models.core import Database

    from superset import db

    return db.session.query(Database).filter_by(database_name=connection_name(audience)).one()
