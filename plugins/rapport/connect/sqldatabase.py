"""A database as a source: read only, by one statement at a time, whose rows come as columns and are never held all at once."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from rapport.connect.errors import ConnectError
from rapport.connect.sqlquery import SETTING
from rapport.declarations import Field

ROWS = 20_000  # fetched at once where rows are made into columns
BATCH_BYTES = "16777216"  # of a batch that PostgreSQL sends as columns
_POSTGRES = re.compile(r"^postgres(ql)?(\+\w+)?$")
_READ_ONLY = {
    "mysql": "set session transaction read only",
    "mariadb": "set session transaction read only",
    "oracle": "set transaction read only",
}
_ZONE = {"mysql": "set session time_zone = '+00:00'", "mariadb": "set session time_zone = '+00:00'"}
# Types of PostgreSQL that come as columns with the values they have; any other is asked for as text.
_AS_THEY_ARE = frozenset({16, 20, 21, 23, 25, 700, 701, 1043, 19, 1082, 1114, 1184})


class Database:
    """A connection for reading.

    Args:
        connection: `host` is an address as SQLAlchemy writes it, without login and password; `extra.connect_args` go to the driver.
        where: source and stream, for errors.
    """

    def __init__(self, connection: Mapping[str, Any] | None, where: str) -> None:
        self._where = where
        url = _url((connection or {}).get("host"), where)
        login, password = (connection or {}).get("login"), (connection or {}).get("password")
        self._url = url.set(username=login or url.username, password=password or url.password)
        self._arguments = dict(((connection or {}).get("extra") or {}).get("connect_args") or {})
        self.is_postgres = _POSTGRES.match(url.drivername) is not None
        if self.is_postgres:
            said = [*_as_list(url.query.get("options")), "-c default_transaction_read_only=on", "-c TimeZone=UTC"]
            self._url = self._url.set(drivername="postgresql+psycopg").update_query_dict({"options": " ".join(said)})
        self._engine = self._guarded(self._make_engine)

    @property
    def shown(self) -> str:
        """Return kind and address of the database, for the log."""
        return f"{self._url.get_backend_name()} at {self._url.host or 'a file'}" + (f":{self._url.port}" if self._url.port else "")

    def names(self, select: sa.Select[Any]) -> dict[str, int]:
        """Return the columns of a select with the numbers of their types (PostgreSQL; 0 elsewhere)."""

        def ask(conn: sa.Connection) -> dict[str, int]:
            described = conn.execute(select).cursor.description
            return {column[0]: column[1] if isinstance(column[1], int) else 0 for column in described}

        return self._guarded(lambda: self._with(ask))

    def scalar(self, select: sa.Select[Any]) -> Any:
        """Return the one value of a select, None if there is no row."""
        return self._guarded(lambda: self._with(lambda conn: conn.execute(select).scalar()))

    def expression(self, field: Field, kind: int) -> Any:
        """Return how a field's column is asked for: PostgreSQL's own types as text, which its columnar sending does not know."""
        column: Any = sa.column(field.path)
        if not self.is_postgres or kind in _AS_THEY_ARE:
            return column
        return sa.cast(sa.func.to_jsonb(column) if field.type == "json" else column, sa.Text)

    def batches(self, select: sa.Select[Any], since: Any) -> Iterator[dict[str, Any]]:
        """Yield the rows of a select some at a time: column -> Arrow array, or list of Python values.

        Args:
            select: of PostgreSQL, with the starting point read from the setting.
            since: the starting point.
        """
        served = self._columnar(select, since) if self.is_postgres else self._by_rows(select)
        while True:
            batch = self._guarded(lambda: next(served, None))
            if batch is None:
                return
            yield batch

    def _columnar(self, select: sa.Select[Any], since: Any) -> Iterator[dict[str, Any]]:
        from adbc_driver_postgresql import dbapi

        statement = str(select.compile(dialect=postgresql.dialect(paramstyle="numeric_dollar"), compile_kwargs={"literal_binds": True}))
        before, _, arguments = self._url.set(drivername="postgresql").render_as_string(hide_password=False).partition("?")
        address = f"{before}?{arguments.replace('+', '%20')}"  # PostgreSQL's own reader of addresses takes a plus for a plus
        options = {"adbc.postgresql.batch_size_hint_bytes": BATCH_BYTES}
        with dbapi.connect(address) as conn, conn.cursor() as setting, conn.cursor(adbc_stmt_kwargs=options) as cursor:
            if since is not None:
                said = since.isoformat() if isinstance(since, date) else str(since)
                setting.execute("select set_config($1, $2, false)", [SETTING, said])
                setting.fetchall()
            cursor.execute(statement)
            for batch in cursor.fetch_record_batch():
                if batch.num_rows:
                    yield dict(zip(batch.schema.names, batch.columns, strict=True))

    def _by_rows(self, select: sa.Select[Any]) -> Iterator[dict[str, Any]]:
        with self._engine.connect() as conn:
            self._prepare(conn)
            result = conn.execution_options(stream_results=True, yield_per=ROWS).execute(select)
            names = list(result.keys())
            for rows in result.partitions(ROWS):
                yield dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))

    def _make_engine(self) -> sa.Engine:
        if self._url.get_backend_name() != "sqlite":
            return sa.create_engine(self._url, poolclass=sa.NullPool, connect_args=self._arguments)
        file = Path(str(self._url.database or ""))
        if not file.is_file():
            raise ConnectError("config", f"{self._where}: the connection's database file is not there")
        return sa.create_engine(
            "sqlite://", poolclass=sa.NullPool, creator=lambda: sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
        )

    def _with(self, ask: Callable[[sa.Connection], Any]) -> Any:
        with self._engine.connect() as conn:
            self._prepare(conn)
            return ask(conn)

    def _prepare(self, conn: sa.Connection) -> None:
        for said in (_READ_ONLY, _ZONE):
            if statement := said.get(self._engine.dialect.name):
                conn.execute(sa.text(statement))

    def _guarded(self, work: Callable[[], Any]) -> Any:
        """Return what `work` returns. What a database says may quote rows and addresses, so only its kind of error is passed on."""
        try:
            return work()
        except ConnectError:
            raise
        except (ModuleNotFoundError, sa.exc.NoSuchModuleError) as error:
            missing = getattr(error, "name", None) or self._url.drivername
            code, said = "config", f"there is no driver for {self._url.drivername} ({missing}): install it beside the platform"
        except Exception as error:  # of SQLAlchemy, ADBC or a driver
            inner = getattr(error, "orig", None) or error
            state = getattr(inner, "sqlstate", None)
            kind = type(inner).__name__ + (f", SQLSTATE {state}" if state else "")
            code, said = "database", f"the database refused it ({kind}): check address, login, rights and the declared names"
        raise ConnectError(code, f"{self._where}: {said}")


def _url(host: Any, where: str) -> sa.URL:
    try:
        return sa.make_url(str(host or ""))
    except sa.exc.ArgumentError:
        pass  # its words would hold the address
    raise ConnectError("config", f"{where}: the connection's `host` is no address of a database, e.g. postgresql://db.example.org/crm")


def _as_list(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)
