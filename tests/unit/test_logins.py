"""Would catch: a person who gets into Airflow with a first password, or disabled, or whose password is kept in the clear."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from airflow.api_fastapi.auth.managers.simple.datamodels.login import LoginBody
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from fastapi import HTTPException
from rapport.airflow import login as airflow_login
from rapport.box import people
from rapport.home import Home, HomeError, checkout
from rapport.logins import Login, chosen, keep, logins
from werkzeug.security import generate_password_hash

PASSWORD = "Chosen-By-Eva-77"  # pragma: allowlist secret


class Signer:
    """Stands where Airflow's manager signs tokens."""

    def generate_jwt(self, *, user: SimpleAuthManagerUser) -> str:
        return f"{user.username}:{user.role}"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("RAPPORT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(airflow_login, "get_auth_manager", Signer)
    return Home(tmp_path / "home", checkout())


def test_a_chosen_password_opens_airflow_and_stands_nowhere(home: Home) -> None:
    """Would catch: a password in the clear in a file, and a file that others may read."""
    keep(home, Login("eva", "engineer"))
    assert chosen(home, "eva", generate_password_hash(PASSWORD))
    assert airflow_login.create_token(LoginBody(username="eva", password=PASSWORD)) == "eva:op"
    file = home.path / "secrets" / "people.json"
    assert PASSWORD not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    assert not chosen(home, "admin", "x"), "a role's own account is nobody's"


@pytest.mark.parametrize("change", [{"must_change": True}, {"is_active": False}, {"role": "analyst"}, {"password_hash": None}, {}])
def test_nobody_else_gets_in(home: Home, change: dict[str, object]) -> None:
    """Would catch: a first password, a disabled person or a role without business there; the last case is a wrong password."""
    login = Login("eva", "engineer", must_change=False, password_hash=generate_password_hash(PASSWORD))
    keep(home, replace(login, **change))  # type: ignore[arg-type]
    with pytest.raises(HTTPException, match="401"):
        airflow_login.create_token(LoginBody(username="eva", password=PASSWORD if change else "wrong"))


def test_an_open_page_is_shut_when_somebody_is_disabled_or_changes_role(home: Home) -> None:
    """Would catch: a token of yesterday that outlives the account; role accounts, as control, are left alone."""
    manager = airflow_login.PeopleAuthManager()
    login = Login("eva", "engineer", must_change=False, password_hash="x")
    keep(home, login)
    token = {"sub": "eva", "role": "op"}
    assert manager.deserialize_user(token).username == "eva"
    assert manager.deserialize_user({"sub": "admin", "role": "admin"}).username == "admin"
    for changed in (replace(login, is_active=False), replace(login, role="steward")):
        keep(home, changed)
        with pytest.raises(ValueError, match="log in again"):
            manager.deserialize_user(token)


def test_everybody_is_kept(home: Home) -> None:
    """Would catch: a person who is forgotten when another is added, and a file of another form than both applications read."""
    for number in range(20):
        keep(home, Login(f"p{number}", "analyst"))
    assert len(logins(home)) == 20
    assert set(json.loads((home.path / "secrets" / "people.json").read_text())["p1"]) == {
        "role",
        "is_active",
        "must_change",
        "password_hash",
    }


@pytest.mark.parametrize(
    ("name", "role", "why"),
    [
        ("admin", "engineer", "cannot be"),
        ("steward", "steward", "cannot be"),
        ("Eva", "hr", "cannot be"),
        ("e; drop", "hr", "cannot be"),
        ("eva", "owner", "no role"),
        ("root", "steward", "themselves"),
    ],
)
def test_names_and_roles_that_will_not_do(home: Home, name: str, role: str, why: str) -> None:
    """Would catch: an account that takes over a role's own, or a person who makes a steward of themselves."""
    with pytest.raises(HomeError, match=why):
        people.add(home, name, role, by="root")
    assert logins(home) == {}
