"""Would catch: a rotated key that splits every person in two, loses a value, lands every record again, or lets the erased back in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from landing import KEYRING, Desk, helpdesk, page
from rapport.declarations import load_source
from rapport.home import Home
from rapport.land import Landed, land_page
from rapport.pipeline.keys import Gate, gatekeeper
from rapport.pipeline.loads import check_key
from rapport.privacy import Directory, Keyring, PrivacyKeyError, seal, treat, unseal
from rapport.privacy.tombstones import Tombstones
from rapport.rights.erase import connect
from rapport.rights.rotation import rekey

OLD = KEYRING
NEW = Keyring(b"f" * 32, "test", earlier=(b"0123456789abcdef0123456789abcdef",))
MONDAY, TUESDAY = datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 3, 3, 8, tzinfo=UTC)
ANN = {"id": 1, "name": "Annika Brandholt", "email": "Annika@Example.com", "phone": "030 1234567", "role": "end-user", "active": True}
BOB = {"id": 2, "email": "bob@example.com", "role": "agent", "active": False}
ROWS: list[dict[str, Any]] = [{**ANN, "updated_at": MONDAY}, {**ANN, "phone": None, "updated_at": TUESDAY}, {**BOB, "updated_at": MONDAY}]
TOKENS = ["email_customer_token", "email_employee_token", "phone_token"]


@pytest.fixture
def desk(warehouse: Home, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(warehouse, helpdesk(tmp_path))
    check_key(made.conn, OLD)
    made.land("people", ROWS)
    yield made
    made.close()


def held(desk: Desk) -> list[tuple[Any, ...]]:
    return desk.rows(f"select id, {', '.join(TOKENS)} from raw_helpdesk.people where _row_hash not like '%-gone' order by id, updated_at")


def made_with(keyring: Keyring, desk: Desk) -> list[tuple[Any, ...]]:
    stream = desk.source.streams["people"]
    table = treat(page(stream, ROWS), desk.source, stream, keyring, Directory(keyring)).table
    return [tuple(row.values()) for row in table.select(["id", *TOKENS]).to_pylist()]


def land(desk: Desk, rows: list[dict[str, Any]], keyring: Keyring) -> Landed:
    stream = desk.source.streams["people"]
    treated = treat(page(stream, rows), desk.source, stream, keyring, Directory(keyring))
    return land_page(desk.conn, desk.source, stream, treated, load_id="load-2")


def test_every_token_is_the_one_that_the_new_key_makes(warehouse: Home, desk: Desk) -> None:
    """Would catch: a column left out, and a mapping of one person's token to another's. Control: before, they are the old key's."""
    assert held(desk) == made_with(OLD, desk)
    with connect(warehouse) as conn:
        done = rekey(conn, OLD, NEW, [desk.source])
    assert held(desk) == made_with(NEW, desk)
    assert done == {"vault.secret": 3, "raw_helpdesk.people": 3}
    assert made_with(NEW, desk) != made_with(OLD, desk)


def test_a_record_that_is_served_again_is_still_known(warehouse: Home, desk: Desk) -> None:
    """Would catch: hashes of versions that are not those which landing makes, so that every record lands again. Control: a change lands."""
    with connect(warehouse) as conn:
        conn.execute(
            "insert into raw_helpdesk.people select (jsonb_populate_record(p, jsonb_build_object('_row_hash', p._row_hash || '-gone',"
            " '_is_deleted', true))).* from raw_helpdesk.people as p where id = 1 and phone_token is null"
        )
        rekey(conn, OLD, NEW, [desk.source])
    again = land(desk, ROWS, NEW)
    assert (again.rows_landed, again.rows_duplicate) == (0, len(ROWS))
    assert land(desk, [{**ANN, "role": "agent", "updated_at": TUESDAY}], NEW).rows_landed == 1
    gone = desk.rows("select count(*) from raw_helpdesk.people as g join raw_helpdesk.people as l on g._row_hash = l._row_hash || '-gone'")
    assert gone == [(1,)]


def test_the_vault_opens_with_the_new_key_and_quarantine_too(warehouse: Home, desk: Desk) -> None:
    """Would catch: a value that nobody can read any more, and a row that still opens with the key that was given up."""
    sealed = seal({"id": 9}, "id", "wrong", OLD, source="helpdesk", stream="people")
    with connect(warehouse) as conn:
        conn.execute(
            "insert into vault.quarantined_row (load_id, source, stream, field, reason, ciphertext)"
            " values ('l', 'helpdesk', 'people', 'id', 'x', %s)",
            [sealed.ciphertext],
        )
        rekey(conn, OLD, NEW, [desk.source])
        rows = conn.execute("select token, domain, kind, key_version, ciphertext from vault.secret").fetchall()
        kept = conn.execute("select ciphertext from vault.quarantined_row").fetchall()
    assert {version for _, _, _, version, _ in rows} == {2}
    values = {NEW.unseal(domain, kind, token, bytes(ciphertext)) for token, domain, kind, _, ciphertext in rows}
    assert values == {"annika@example.com", "bob@example.com", "+49301234567"}
    for token, domain, kind, _, ciphertext in rows:
        with pytest.raises(InvalidTag):
            OLD.unseal(domain, kind, token, bytes(ciphertext))
    assert unseal(bytes(kept[0][0]), NEW, source="helpdesk", stream="people") == {"id": 9}


def test_who_was_erased_before_stays_out_afterwards(warehouse: Home, desk: Desk, tmp_path: Path) -> None:
    """Would catch: tombstones of old tokens that no new token meets. Control: a gate with the new key alone lets the person in."""
    file = tmp_path / "support" / "helpdesk.yml"
    file.write_text(file.read_text().replace("    key: [id]\n    clock", "    subject: [email]\n    key: [id]\n    clock", 1))
    source = load_source(file)
    stream = source.streams["people"]
    token = held(desk)[0][1]
    hashes = [Tombstones(OLD).of_token(token)]
    with connect(warehouse) as conn:
        conn.execute("insert into vault.tombstone (hash, request_id) values (%s, 'r')", hashes)
        rekey(conn, OLD, NEW, [source])
    served = page(stream, ROWS)
    assert Gate(source, stream, NEW, Tombstones(NEW, hashes)).take_out(served).erased == 0
    left = gatekeeper(desk.conn, source, stream, warehouse, NEW).take_out(served)
    assert (left.erased, left.table["id"].to_pylist()) == (2, [2])


def test_a_load_with_another_key_than_the_warehouse_is_refused(warehouse: Home, desk: Desk) -> None:
    """Would catch: tokens of two keys in one warehouse, before a rotation has ended or after it."""
    with pytest.raises(PrivacyKeyError, match="rapport keys rotate"):
        check_key(desk.conn, NEW)
    with connect(warehouse) as conn:
        rekey(conn, OLD, NEW, [desk.source])
    check_key(desk.conn, NEW)
    with pytest.raises(PrivacyKeyError):
        check_key(desk.conn, OLD)


def test_a_rotation_that_fails_changes_nothing(warehouse: Home, desk: Desk) -> None:
    """Would catch: half a warehouse on the new key. A token without a value in the vault keeps its form, and is told."""
    before = held(desk)
    with connect(warehouse) as conn:
        first = conn.execute("select token, ciphertext from vault.secret where domain = 'employee'").fetchone()
        assert first is not None
        conn.execute("update vault.secret set ciphertext = 'x' where token = %s", [first[0]])
        with pytest.raises(InvalidTag):
            rekey(conn, OLD, NEW, [desk.source])
        assert held(desk) == before
        assert conn.execute("select count(*) from vault.secret where key_version = 1").fetchone() == (3,)
        conn.execute("delete from vault.secret where token = %s", [first[0]])
        assert rekey(conn, OLD, NEW, [desk.source])["left: raw_helpdesk.people"] == 1
    assert held(desk)[2][2] == first[0]


def test_a_home_gets_a_newer_key_beside_its_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: a key that is written over, or a keyring that forgets the first: what was hashed once would be lost."""
    monkeypatch.delenv("RAPPORT_PRIVACY_MASTER_KEY", raising=False)
    home = Home(path=tmp_path / "home", root=tmp_path)
    first = Keyring.from_home(home)
    second = Keyring.add_to_home(home)
    assert (first.version, second.version, Keyring.from_home(home).fingerprint()) == (1, 2, second.fingerprint())
    assert [one.fingerprint() for one in second.earlier] == [first.fingerprint()]
    assert first.tokens("customer", "email", ["a@b.c"]) != second.tokens("customer", "email", ["a@b.c"])
    assert first.tokens("customer", "surname", ["lee"]) == second.tokens("customer", "surname", ["lee"])
    assert first.subkey("directory", "term") == second.subkey("directory", "term")
    assert {file.stat().st_mode & 0o777 for file in (home.path / "secrets").iterdir()} == {0o400}
    monkeypatch.setenv("RAPPORT_PRIVACY_MASTER_KEY", f"{'ab' * 32},{'cd' * 32}")
    assert Keyring.from_home(home).version == 2
    with pytest.raises(PrivacyKeyError, match="comma"):
        Keyring.add_to_home(home)
