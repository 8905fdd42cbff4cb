"""People with an account of their own: a first password opens nothing but the page to change it; the chosen one counts in Airflow, too."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import psycopg2
from flask import Flask, Response, g, has_request_context, jsonify, redirect, request
from flask_login import current_user
from rapport.home import Home
from rapport.logins import chosen, keep, logins

CHANGE = "/resetmypassword/form"
_OPEN = frozenset({"static", "appbuilder.static", "SupersetAuthView.logout", "AuthDBView.logout"})


def has_first_password(name: str) -> bool:
    """Return whether `name` is a person who has not chosen a password yet."""
    login = logins(Home.current()).get(name)
    return login is not None and login.must_change


def guard(app: Flask) -> None:
    """Superset's `FLASK_APP_MUTATOR`: let a first password through to the page that changes it, and note each password that is chosen."""
    from flask_appbuilder.security.sqla.models import User
    from sqlalchemy import event

    app.before_request(_first_password)
    if not event.contains(User, "after_update", _note_password):
        event.listen(User, "after_update", _note_password, propagate=True)


def _first_password() -> Response | tuple[Response, int] | None:
    endpoint = str(request.endpoint)
    if endpoint in _OPEN or endpoint.startswith("ResetMyPasswordView."):
        return None
    if not current_user.is_authenticated or not has_first_password(current_user.username):
        return None
    if request.path.startswith("/api/"):
        return jsonify(message=f"Choose a password of your own first: {CHANGE}"), 403
    return redirect(CHANGE)  # type: ignore[return-value]


def _note_password(_mapper: Any, _connection: Any, user: Any) -> None:
    """Tell both applications of a new password: one that the person chose counts; one that somebody else set is a first one again."""
    from sqlalchemy import inspect

    history = inspect(user).attrs.password.history
    if not history.has_changes() or not has_request_context():
        return
    home = Home.current()
    login = logins(home).get(user.username)
    if login is None:
        return
    if getattr(getattr(g, "user", None), "id", None) != user.id:
        keep(home, replace(login, must_change=True, password_hash=None))
    elif chosen(home, user.username, user.password):
        _tell_fab(home, user.username, user.password)


def _tell_fab(home: Home, name: str, password_hash: str) -> None:
    """Let a server's Airflow, which keeps people in tables of its own, take the same hash."""
    if os.environ.get("RAPPORT_AIRFLOW_AUTH") != "fab":
        return
    with psycopg2.connect(home.dsn("airflow", "airflow")) as connection, connection.cursor() as cursor:
        cursor.execute("update ab_user set password = %s, active = true where username = %s", [password_hash, name])
