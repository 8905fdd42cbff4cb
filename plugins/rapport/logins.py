"""How people log in: one file of the home, read by Superset and Airflow alike at each login.

It holds no password in the clear: of a password that somebody chose, its hash; of a first one, that it is to be changed. Nothing but the
standard library, so that both applications can import it.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rapport.home import Home

# role of a person -> role in Airflow; who is not here has no business there
AIRFLOW_ROLES = {"engineer": "op", "steward": "user"}


@dataclass(frozen=True)
class Login:
    """How one person logs in.

    Attributes:
        name: the account.
        role: analyst, leader, hr, engineer, steward or representative.
        is_active: whether they may log in at all.
        must_change: whether their password is the first one, which opens nothing but the page to change it.
        password_hash: of the password they chose, as Superset keeps it; None until then.
    """

    name: str
    role: str
    is_active: bool = True
    must_change: bool = True
    password_hash: str | None = None

    @property
    def airflow_role(self) -> str | None:
        """Their role in Airflow; None for who may not log in there, or not yet."""
        return AIRFLOW_ROLES.get(self.role) if self.is_active and not self.must_change and self.password_hash else None


def logins(home: Home) -> dict[str, Login]:
    """Return the people who have an account, by name."""
    try:
        said = json.loads(_file(home).read_text())
    except FileNotFoundError:
        return {}
    return {name: Login(name, **login) for name, login in said.items()}


def keep(home: Home, login: Login) -> None:
    """Write how a person logs in, in the place of what was said of them before."""
    with _changing(home) as all_of_them:
        all_of_them[login.name] = login


def chosen(home: Home, name: str, password_hash: str) -> bool:
    """Note that a person has chosen a password; returns whether they are one of ours (a role's own account is not)."""
    with _changing(home) as all_of_them:
        if name not in all_of_them:
            return False
        all_of_them[name] = replace(all_of_them[name], must_change=False, password_hash=password_hash)
        return True


@contextmanager
def _changing(home: Home) -> Iterator[dict[str, Login]]:
    with (home.dir("run") / "people.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        held = logins(home)
        yield held
        draft = _file(home).with_suffix(".new")
        draft.touch(mode=0o600)
        told = {name: {part: value for part, value in asdict(login).items() if part != "name"} for name, login in sorted(held.items())}
        draft.write_text(json.dumps(told, indent=1))
        draft.replace(_file(home))


def _file(home: Home) -> Path:
    return home.dir("secrets") / "people.json"
