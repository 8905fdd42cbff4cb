"""Who logs in to the box's Airflow: the role accounts of the simple auth manager, and the people of `rapport user`.

A person's password is the one they chose in Superset, of which only the hash is kept. Before they have chosen one, and once they are
disabled, they are nobody here: also with a page that is open already.
"""

from __future__ import annotations

from typing import Any

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.simple.datamodels.login import LoginBody
from airflow.api_fastapi.auth.managers.simple.services.login import SimpleAuthManagerLogin
from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from fastapi import HTTPException
from werkzeug.security import check_password_hash

from rapport.home import Home
from rapport.logins import logins

_of_a_role = SimpleAuthManagerLogin.create_token


class PeopleAuthManager(SimpleAuthManager):
    """The simple auth manager, for people, too."""

    def init(self) -> None:
        """Put the people's login before that of the role accounts."""
        super().init()
        SimpleAuthManagerLogin.create_token = staticmethod(create_token)  # type: ignore[method-assign, assignment]

    def deserialize_user(self, token: dict[str, Any]) -> SimpleAuthManagerUser:
        """Return whom a token was given to.

        Raises:
            ValueError: the person is disabled, or has another role by now: the token counts no more.
        """
        login = logins(Home.current()).get(token["sub"])
        if login is not None and login.airflow_role != str(token["role"]).lower():
            raise ValueError("this account is disabled or has changed: log in again")
        return super().deserialize_user(token)


def create_token(body: LoginBody, **options: Any) -> str:
    """Return the token of who knows the password: a person of ours, or a role's own account."""
    login = logins(Home.current()).get(body.username or "")
    if login is None:
        return _of_a_role(body, **options)
    role = login.airflow_role
    if role is None or not check_password_hash(login.password_hash or "", body.password or ""):
        raise HTTPException(status_code=401, detail="Invalid credentials")  # as of any other wrong password
    return get_auth_manager().generate_jwt(user=SimpleAuthManagerUser(username=login.name, role=role, teams=None), **options)
