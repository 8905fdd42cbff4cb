"""A source's connection, from Airflow to the plain mapping that `rapport.connect` expects."""

from __future__ import annotations

from typing import Any


def connection_of(connection_id: str | None) -> dict[str, Any] | None:
    """Return `host`, `login`, `password` and `extra` of an Airflow connection; None if Airflow has none of that id.

    The mapping is for the caller's hands only: returned from a task it would be kept in the metadata database. Airflow
    masks the password in logs from here on.

    Args:
        connection_id: the declaration's connection id; None for sources without one, such as files.
    """
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    if connection_id is None:
        return None
    try:
        known = BaseHook.get_connection(connection_id)
    except AirflowNotFoundException:
        return None  # the pipeline then looks into the home
    return {
        "host": address(known.host or "", known.schema, known.port),
        "login": known.login,
        "password": known.password,
        "extra": known.extra_dejson,
    }


def address(host: str, schema: str | None, port: int | None) -> str:
    """Return the base address of a connection, which people write either whole into `host` or in parts.

    >>> address("acme.zendesk.com", "https", 443)
    'https://acme.zendesk.com:443'
    """
    if not host or "://" in host:
        return host
    name, slash, path = host.partition("/")
    return f"{schema or 'https'}://{name}{f':{port}' if port else ''}{slash}{path}"
