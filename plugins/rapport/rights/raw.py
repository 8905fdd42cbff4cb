"""Take a person out of the raw tables and the vault: rows, mentions, values behind tokens, known identifiers, what was set aside."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import psycopg
from cryptography.exceptions import InvalidTag
from psycopg import sql

from rapport.declarations import Source, Stream
from rapport.declarations.reach import Link
from rapport.privacy import Directory, Keyring, unseal
from rapport.privacy.sweep import Sweep
from rapport.privacy.terms import BY_KIND
from rapport.privacy.tombstones import Tombstones, mentioned, named_by, token_columns
from rapport.rights.conditions import any_of, as_columns, key_columns, link_condition, names_in, subject_tokens, table_of
from rapport.rights.finding import Finder, Found

_LOOKED_FOR = ("email", "phone", "handle", "id")


@dataclass
class Values:
    """What stood behind a person's tokens.

    Attributes:
        plain: token -> (kind, value), of tokens that are this person's alone; both empty where the vault has none.
        names: names as the request gives them.
    """

    plain: dict[str, tuple[str, str]] = field(default_factory=dict)
    names: tuple[str, ...] = ()

    def needles(self) -> dict[str, list[str]]:
        """Return what a sweep looks for: each token, and each value that is long enough, in the forms in which it is written."""
        found = {token: [token] for token in self.plain}
        for token, (kind, value) in self.plain.items():
            if kind in {"email", "phone"}:
                found[f"{token} value"] = [form for form in _forms(kind, value) if len(form.encode()) >= 8]
        for at, name in enumerate(self.names):
            if len(name.encode()) >= 8:
                found[f"name {at + 1}"] = [name]
        return {needle: forms for needle, forms in found.items() if forms}


def values_of(conn: psycopg.Connection, keyring: Keyring, domain: str, tokens: Iterable[str], names: tuple[str, ...] = ()) -> Values:
    """Decrypt the vault's rows of some tokens; a token that has none is looked for as itself."""
    values = Values(dict.fromkeys(tokens, ("", "")), names)
    rows = conn.execute("select token, domain, kind, ciphertext from vault.secret where token = any(%s)", [list(values.plain)]).fetchall()
    for token, of_domain, kind, ciphertext in rows:
        if of_domain == domain:
            values.plain[token] = (kind, keyring.unseal(of_domain, kind, token, bytes(ciphertext)))
    return values


def lay_tombstones(conn: psycopg.Connection, finder: Finder, found: Found, tombstones: Tombstones, request: str) -> int:
    """Remember what was found by keyed hashes, so that it is not landed again; returns how many are new."""
    hashes = {tombstones.of_token(token) for token in found.tokens}
    for (source, stream), names in found.records.items():
        key = finder.streams[source, stream][1].landed_key
        hashes |= {tombstones.of_record(source, stream, key, name) for name in names if key}
    for _, child in finder.streams.values():
        for link in child.reach.belongs_to if child.reach else ():
            place = (link.source, link.stream)
            if place in finder.streams and found.records.get(place):
                columns = named_by(finder.streams[place][1], link)
                hashes |= {tombstones.of_record(*place, columns, value) for value in finder.link_values(found, child, link)}
    with conn.transaction(), conn.cursor() as cursor:
        before = _count(conn)
        cursor.executemany(
            "insert into vault.tombstone (hash, request_id) values (%s, %s) on conflict do nothing",
            [(one, request) for one in sorted(hashes)],
        )
        return _count(conn) - before


def take_out(conn: psycopg.Connection, finder: Finder, found: Found, request: str) -> Counter[str]:
    """Delete what is the person's and cut what names them elsewhere, in the caller's transaction; returns rows by relation."""
    done: Counter[str] = Counter()
    ours, cuts = [], []  # told before anything goes: a link may lead through rows that do
    for place, (owner, stream) in finder.streams.items():
        ours.append((place, list(_ours(finder, found, stream, found.records[place]))))
        cuts.append((owner, stream, _cuts(finder, found, stream)))
    for (source, name), conditions in ours:
        owner, stream = finder.streams[source, name]
        gone = 0
        for condition, given in conditions:
            gone += conn.execute(sql.SQL("delete from {} where {}").format(table_of(owner, stream), condition), given).rowcount
        if gone:
            done[f"{owner.raw_schema}.{name}"] += gone
            conn.execute(
                "insert into ops.erased_rows values (%s, %s, %s, %s) on conflict (request_id, source, stream)"
                " do update set rows = ops.erased_rows.rows + excluded.rows",
                [request, source, name, gone],
            )
    for owner, stream, links in cuts:
        if cut := _cut(conn, found, owner, stream, links):
            done[f"{owner.raw_schema}.{stream.name} (cut)"] += cut
    return done


def empty_vault(conn: psycopg.Connection, keyring: Keyring, found: Found, values: Values, carried: set[str]) -> Counter[str]:
    """Remove what the vault holds of the person: values behind tokens that no row carries any more, known identifiers, records set aside.

    Args:
        conn: a connection, in a transaction that has deleted the rows.
        keyring: the tenant's keys.
        found: the person.
        values: what stands behind their tokens.
        carried: all tokens that the deleted rows carried and that no row carries now.
    """
    done: Counter[str] = Counter()
    done["vault.directory"] = _forget(conn, keyring, values, {*carried, *found.tokens})
    gone = sorted({*carried, *found.tokens})
    done["vault.secret"] = conn.execute("delete from vault.secret where token = any(%s)", [gone]).rowcount
    done["vault.access_log (cut)"] = conn.execute("update vault.access_log set token = 'erased' where token = any(%s)", [gone]).rowcount
    done["vault.access_log (purpose cut)"] = _cut_purposes(conn, values)
    done["vault.quarantined_row"] = _quarantined(conn, keyring, values)
    return +done


def tokens_of(conn: psycopg.Connection, finder: Finder, found: Found) -> set[str]:
    """Return every token that the person's records carry, whoever it names."""
    carried: set[str] = set()
    for place, names in found.records.items():
        owner, stream = finder.streams[place]
        columns = [name for declared in stream.fields for name in token_columns(stream, declared.column)]
        if names and columns:
            query = sql.SQL("select distinct unnest(array[{}]) from {} where {}").format(
                sql.SQL(", ").join(map(sql.Identifier, columns)), table_of(owner, stream), names_in(key_columns(stream))
            )
            carried |= {str(row[0]) for row in conn.execute(query, as_columns(names)) if row[0]}
    return carried


def orphans(conn: psycopg.Connection, finder: Finder, tokens: set[str]) -> set[str]:
    """Return those tokens that no raw row carries."""
    left = set(tokens)
    for owner, stream in finder.streams.values():
        columns = [name for declared in stream.fields for name in token_columns(stream, declared.column)]
        for column in columns if left else ():
            query = sql.SQL("select distinct {c} from {t} where {c} = any(%s)").format(c=sql.Identifier(column), t=table_of(owner, stream))
            left -= {str(row[0]) for row in conn.execute(query, [sorted(left)])}
    return left


def _ours(
    finder: Finder, found: Found, stream: Stream, names: set[tuple[str, ...]]
) -> Iterable[tuple[sql.Composable, Mapping[str, object]]]:
    """Yield the conditions of rows that are the person's: their records, and single versions of others' that name them."""
    if names:
        yield names_in(key_columns(stream)), as_columns(names)
    if columns := subject_tokens(stream):
        yield any_of(columns), {"tokens": sorted(found.tokens)}
    for link in stream.reach.belongs_to if stream.reach else ():
        if link.system is None and (condition := link_condition(stream, link)) and (values := finder.link_values(found, stream, link)):
            yield condition, as_columns(values)


def _cuts(finder: Finder, found: Found, stream: Stream) -> list[tuple[Link, set[tuple[str, ...]]]]:
    """Return the links by which rows of others name the person, with the names."""
    reach = stream.reach
    links = (*reach.mentions, *(one for one in reach.belongs_to if one.item)) if reach else ()
    return [(link, values) for link in links if (values := finder.link_values(found, stream, link))]


def _cut(conn: psycopg.Connection, found: Found, owner: Source, stream: Stream, links: list[tuple[Link, set[tuple[str, ...]]]]) -> int:
    rows = 0
    for declared in mentioned(stream):
        for column in token_columns(stream, declared.column):
            rows += conn.execute(
                sql.SQL("update {t} set {c} = null where {c} = any(%s)").format(t=table_of(owner, stream), c=sql.Identifier(column)),
                [sorted(found.tokens)],
            ).rowcount
    return rows + sum(_cut_link(conn, owner, stream, link, values) for link, values in links)


def _cut_link(conn: psycopg.Connection, owner: Source, stream: Stream, link: Link, values: set[tuple[str, ...]]) -> int:
    landed = [next(iter(stream.by_column[column].landed)) for column in link.columns]
    if link.item is not None:
        column, item = sql.Identifier(landed[0]), sql.Literal(link.item)
        query = sql.SQL(
            "update {t} set {c} = (select coalesce(jsonb_agg(one), '[]') from jsonb_array_elements({c}) as one"
            " where not coalesce(one ->> {item} = any(%(v0)s), false))"
            " where jsonb_typeof({c}) = 'array' and exists (select from"
            " jsonb_array_elements(case jsonb_typeof({c}) when 'array' then {c} else '[]' end) as one where one ->> {item} = any(%(v0)s))"
        ).format(t=table_of(owner, stream), c=column, item=item)
    else:
        cut = sql.SQL(", ").join(sql.SQL("{} = null").format(sql.Identifier(column)) for column in landed)
        query = sql.SQL("update {} set {} where {}").format(table_of(owner, stream), cut, names_in(landed))
    return conn.execute(query, as_columns(values)).rowcount


def _forget(conn: psycopg.Connection, keyring: Keyring, values: Values, gone: set[str]) -> int:
    """Remove the terms by which the directory knows the person, but for those of an identifier that somebody else has too."""
    directory = Directory(keyring)
    terms = {term for kind, value in values.plain.values() if kind in _LOOKED_FOR for term in directory.terms(value, kind)}
    if terms:
        rows = conn.execute("select token, domain, kind, ciphertext from vault.secret where kind = any(%s)", [list(_LOOKED_FOR)])
        for token, domain, kind, ciphertext in rows:
            if token not in gone and terms:
                terms -= directory.terms(keyring.unseal(domain, kind, token, bytes(ciphertext)), kind)
    for name in values.names:  # single words of a name are other people's too
        terms |= {directory.term(label, text) for label, text in BY_KIND["name"](name, None) if label == "phrase"}
    return conn.execute("delete from vault.directory where term = any(%s)", [sorted(terms)]).rowcount


def _quarantined(conn: psycopg.Connection, keyring: Keyring, values: Values) -> int:
    needles = values.needles()
    gone, sweep = [], Sweep(needles)
    for row in conn.execute("select ctid::text, source, stream, ciphertext from vault.quarantined_row").fetchall():
        sweep.hits.clear()
        try:
            record = unseal(bytes(row[3]), keyring, source=row[1], stream=row[2])
        except InvalidTag:
            continue
        sweep.look("record", json.dumps(record, ensure_ascii=False, default=str).encode())
        if sweep.hits:
            gone.append(row[0])
    return conn.execute("delete from vault.quarantined_row where ctid = any(%s::tid[])", [gone]).rowcount


def _cut_purposes(conn: psycopg.Connection, values: Values) -> int:
    """Empty those purposes of the access log that name the person: somebody wrote an address where a reason belongs."""
    named, sweep = [], Sweep(values.needles())
    for where, purpose in conn.execute("select ctid::text, purpose from vault.access_log").fetchall():
        sweep.hits.clear()
        sweep.look("purpose", purpose.encode())
        if sweep.hits:
            named.append(where)
    return conn.execute("update vault.access_log set purpose = 'erased' where ctid = any(%s::tid[])", [named]).rowcount


def _forms(kind: str, value: str) -> list[str]:
    if kind != "phone":
        return [value]
    return [value, value.lstrip("+")]


def _count(conn: psycopg.Connection) -> int:
    row = conn.execute("select count(*) from vault.tombstone").fetchone()
    return int(row[0]) if row else 0
