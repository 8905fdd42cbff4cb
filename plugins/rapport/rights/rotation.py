"""Rotate the privacy key: tokens are made anew through the vault, in one transaction, and with them what was built from them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import psycopg
from psycopg import sql

from rapport.declarations import Source, Stream, load_sources
from rapport.home import Home
from rapport.land.merging import row_hash
from rapport.land.tables import columns
from rapport.pipeline.run import rebuild
from rapport.privacy import Keyring, seal, unseal
from rapport.rights import elsewhere
from rapport.rights.conditions import table_of
from rapport.rights.erase import connect, wait_for_loads
from rapport.rights.subject import RightsError

Log = Callable[[str], None]
_A_LOAD_BEGINS = 2.0  # seconds between reading the key and noting the load
_BATCH = 10_000


def rotate(home: Home, *, log: Log = lambda _line: None) -> Counter[str]:
    """Make a newer key and bring the warehouse to it; returns rows by place. Loads are refused from the first moment until it is done.

    Safe to run again: a rotation that did not end is ended, with the key that it made or that somebody added to the environment.

    Args:
        home: the installation.
        log: takes a line of progress at a time.

    Raises:
        PrivacyKeyError: the keys come from the environment, which has no newer one; or one is malformed.
        RightsError: the warehouse was filled with none of the keys, or the release with new tokens is held back.
    """
    sources = load_sources(home.sources_dir)
    with connect(home) as conn:
        row = conn.execute("select value from ops.setting where key = 'privacy_key'").fetchone()
        keyring = Keyring.from_home(home)
        if row is None:
            raise RightsError("nothing was landed yet: there is nothing to rotate")
        if row[0] == keyring.fingerprint():
            keyring = Keyring.add_to_home(home)
        old = next((one for one in keyring.earlier if one.fingerprint() == row[0]), None)
        if old is None:
            raise RightsError("the warehouse was filled with none of these keys: restore the one it was filled with")
        log(f"from key {old.version} to key {keyring.version}; loads are refused until it is done")
        time.sleep(_A_LOAD_BEGINS)
        wait_for_loads(conn, log)
        done = rekey(conn, old, keyring, sources.values())
    for place, rows in sorted(done.items()):
        log(f"  {place}: {rows:,}")
    if reason := rebuild(home, trigger="rotate", full_refresh=True, log=log):
        raise RightsError(
            f"tokens are made with key {keyring.version}, but the release is held back ({reason}): mend that, then `rapport run`"
        )
    log("rewriting tables that nobody reads: the old tokens leave the disk")
    elsewhere.settle(home)
    return done


def rekey(conn: psycopg.Connection, old: Keyring, new: Keyring, sources: Iterable[Source]) -> Counter[str]:
    """Bring vault, quarantine and raw tables from one key to a newer one, in one transaction; returns rows by place.

    A token whose value the vault does not hold keeps its old form, and is counted as left: only reading its source anew makes it again.

    Args:
        conn: a connection that may do everything, on the clock of the loads.
        old: what the warehouse was filled with.
        new: the newer key.
        sources: the declarations.

    Raises:
        RightsError: the vault holds a token of another key.
        cryptography.exceptions.InvalidTag: a sealed value does not open with the old key.
    """
    done: Counter[str] = Counter()
    with conn.transaction():
        conn.execute("create temporary table _retokened (old text primary key, new text not null) on commit drop")
        done["vault.secret"] = _vault(conn, old, new)
        conn.execute("analyze _retokened")
        query = "update vault.access_log as l set token = r.new from _retokened as r where r.old = l.token"
        done["vault.access_log"] = conn.execute(query.encode()).rowcount
        done["vault.quarantined_row"] = _quarantine(conn, old, new)
        for source in sources:
            for stream in source.streams.values():
                if tokens := _token_columns(conn, source, stream):
                    name = f"{source.raw_schema}.{stream.name}"
                    done[name] = _raw(conn, source, stream, tokens)
                    done[f"left: {name}"] = _left(conn, source, stream, tokens, new)
        conn.execute("update ops.setting set value = %s where key = 'privacy_key'", [new.fingerprint()])
    return +done


def _vault(conn: psycopg.Connection, old: Keyring, new: Keyring) -> int:
    """Seal every value under its new token, and note which token became which."""
    rows = conn.execute("select token, domain, kind, ciphertext from vault.secret where key_version < %s", [new.version]).fetchall()
    for at in range(0, len(rows), _BATCH):
        made = list(_sealed(rows[at : at + _BATCH], old, new))
        with conn.cursor() as cursor:
            cursor.executemany("insert into _retokened values (%s, %s)", [(token, fresh) for token, fresh, _, _, _ in made])
            cursor.executemany(
                "insert into vault.secret (token, domain, kind, key_version, ciphertext) values (%s, %s, %s, %s, %s)"
                " on conflict do nothing",
                [(fresh, domain, kind, new.version, ciphertext) for _, fresh, domain, kind, ciphertext in made],
            )
    conn.execute("delete from vault.secret as s using _retokened as r where s.token = r.old")
    return len(rows)


def _sealed(rows: list[tuple[str, str, str, bytes]], old: Keyring, new: Keyring) -> Iterator[tuple[str, str, str, str, bytes]]:
    """Yield old token, new token, domain, kind and new ciphertext."""
    for token, domain, kind, ciphertext in rows:
        if not token.startswith(old.prefix(domain, kind)):
            raise RightsError(f"a token of kind {kind} is of another key than the warehouse: restore a backup, or erase the rows")
        value = old.unseal(domain, kind, token, bytes(ciphertext))
        fresh = new.tokens(domain, kind, [value])[0].as_py()
        yield token, fresh, domain, kind, new.sealer(domain, kind)(value, fresh)


def _quarantine(conn: psycopg.Connection, old: Keyring, new: Keyring) -> int:
    rows = conn.execute("select ctid::text, source, stream, field, reason, ciphertext from vault.quarantined_row").fetchall()
    for place, source, stream, field, reason, ciphertext in rows:
        record = unseal(bytes(ciphertext), old, source=source, stream=stream)
        again = seal(record, field, reason, new, source=source, stream=stream).ciphertext
        conn.execute("update vault.quarantined_row set ciphertext = %s where ctid = %s::tid", [again, place])
    return len(rows)


def _token_columns(conn: psycopg.Connection, source: Source, stream: Stream) -> list[str]:
    """Return the columns of a raw table that is there which hold tokens the key's rotation changes."""
    held = conn.execute(
        "select column_name from information_schema.columns where table_schema = %s and table_name = %s", [source.raw_schema, stream.name]
    )
    there = {str(name) for (name,) in held}
    named = [name for field in stream.fields if field.treatment == "token" for name in field.landed if name.endswith("_token")]
    return [name for name in named if name in there and not name.endswith("_surname_token")]


def _raw(conn: psycopg.Connection, source: Source, stream: Stream, tokens: list[str]) -> int:
    """Put the new tokens into a raw table; a version keeps its identity: its hash is that which landing would give it now."""
    names = [column.name for column in columns(stream)]
    listed = sql.SQL(", ").join
    held = [sql.SQL("h.{0}").format(sql.Identifier(name)) for name in names]
    fresh = [
        sql.SQL("coalesce(m{at}.new, h.{name}) as {name}").format(at=sql.SQL(str(tokens.index(name))), name=sql.Identifier(name))
        if name in tokens
        else sql.SQL("h.{0}").format(sql.Identifier(name))
        for name in names
    ]
    joins = [
        sql.SQL("left join _retokened as m{at} on m{at}.old = h.{name}").format(at=sql.SQL(str(at)), name=sql.Identifier(name))
        for at, name in enumerate(tokens)
    ]
    changed = [sql.SQL("m{}.new is not null").format(sql.SQL(str(at))) for at in range(len(tokens))]
    query = sql.SQL(
        "update {table} as live set {sets}, _row_hash = case n._row_hash when n.was then n.becomes when n.was || '-gone'"
        " then n.becomes || '-gone' else n._row_hash end"
        " from (select h.ctid as place, h._row_hash, {hash_was} as was, {hash_becomes} as becomes, {new_tokens}"
        " from (select ctid, *, _is_deleted and _row_hash not like '%%-gone' as _was_deleted from {table}) as h {joins}"
        " cross join lateral (select {held}, h._was_deleted) as _was cross join lateral (select {fresh}, h._was_deleted) as _becomes"
        " where {changed}) as n where live.ctid = n.place"
    ).format(
        table=table_of(source, stream),
        sets=listed(sql.SQL("{0} = n.{0}").format(sql.Identifier(name)) for name in tokens),
        hash_was=row_hash(sql.Identifier("_was")),
        hash_becomes=row_hash(sql.Identifier("_becomes")),
        new_tokens=listed(sql.SQL("_becomes.{0}").format(sql.Identifier(name)) for name in tokens),
        joins=sql.SQL(" ").join(joins),
        held=listed(held),
        fresh=listed(fresh),
        changed=sql.SQL(" or ").join(changed),
    )
    return conn.execute(query, []).rowcount


def _left(conn: psycopg.Connection, source: Source, stream: Stream, tokens: list[str], new: Keyring) -> int:
    """Return how many rows hold a token of an earlier key."""
    is_old = sql.SQL(" or ").join(
        sql.SQL("({name} is not null and {name} !~ {pattern})").format(
            name=sql.Identifier(name), pattern=sql.Literal(f"^[a-z]{{2}}{new.version}_")
        )
        for name in tokens
    )
    row = conn.execute(sql.SQL("select count(*) from {} where {}").format(table_of(source, stream), is_old)).fetchone()
    return int(row[0]) if row else 0
