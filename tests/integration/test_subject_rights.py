"""Would catch: an erasure that leaves something, that takes something of somebody else's, or that the next load undoes."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from airflow.sdk.exceptions import AirflowFailException
from rapport.airflow import steps
from rapport.box.explain_trace import erased_since
from rapport.declarations import load_source
from rapport.home import Home
from rapport.land import ensure_tables
from rapport.pipeline import extract
from rapport.privacy import Keyring
from rapport.privacy.sweep import Sweep
from rapport.rights import erase as erasing
from rapport.rights import requests, retention
from rapport.rights.export import export
from rapport.rights.finding import Finder
from rapport.rights.proof import is_genuine, write_report
from rapport.rights.subject import RightsError, Subject
from rapport.warehouse import server

DESK = """\
source: desk
domain: support
system: Desk
owner: o
schedule: "0 * * * *"
region: DE
connection: {protocol: files, path: "FOLDER"}
streams:
  people:
    files: people*.csv
    format: csv
    key: [id]
    clock: updated
    subject: [email, phone]
    fields:
      id: {type: bigint, class: internal}
      name: {type: text, class: personal, kind: name, directory: true}
      email: {type: text, class: personal, kind: email, directory: true}
      phone: {type: text, class: personal, kind: phone, directory: true}
      updated: {type: timestamp, class: internal}
  tickets:
    files: tickets*.csv
    format: csv
    key: [id]
    clock: updated
    belongs_to: {field: person, stream: people}
    mentions: {field: submitter, stream: people}
    fields:
      id: {type: bigint, class: internal}
      person: {type: bigint, class: internal}
      submitter: {type: bigint, class: internal}
      cc: {type: text, class: personal, kind: email}
      body: {type: text, class: free_text}
      updated: {type: timestamp, class: internal}
  comments:
    files: comments*.csv
    format: csv
    key: [ticket, number]
    belongs_to: {field: ticket, stream: tickets}
    fields:
      ticket: {type: bigint, class: internal}
      number: {type: bigint, class: internal}
      score: {type: bigint, class: internal}
  visits:
    files: visits*.csv
    format: csv
    key: [visit]
    subject: [visitor, login]
    fields:
      visit: {type: bigint, class: internal}
      visitor: {type: text, class: personal, kind: id}
      login: {type: text, class: personal, kind: email}
"""
FILES = {
    "people.csv": "id,name,email,phone,updated\n"
    "1,Wilhelmina Sturgeon,wilhelmina@canary-mail.example,+4930111222333,2026-01-01T00:00:00Z\n"
    "2,Other Person,other@elsewhere.example,+4930111222333,2026-01-01T00:00:00Z\n"  # a number that both share
    "3,Third Person,third@elsewhere.example,,2026-01-01T00:00:00Z\n"
    "bad,Broken Row,wilhelmina@canary-mail.example,,2026-01-01T00:00:00Z\n",  # set aside, sealed
    "tickets.csv": "id,person,submitter,cc,body,updated\n"
    "10,1,1,,It broke,2026-01-02T00:00:00Z\n"
    "11,2,1,wilhelmina@canary-mail.example,Mine too,2026-01-02T00:00:00Z\n"
    "12,3,3,third@elsewhere.example,And mine,2026-01-02T00:00:00Z\n",
    "comments.csv": "ticket,number,score\n10,1,5\n10,2,4\n11,1,3\n12,1,2\n",
    "visits.csv": "visit,visitor,login\n"
    "100,device-one,wilhelmina@canary-mail.example\n"
    "101,device-one,\n"
    "102,device-two,other@elsewhere.example\n"
    "103,device-of-both,wilhelmina@canary-mail.example\n"
    "104,device-of-both,other@elsewhere.example\n"
    "105,device-of-both,\n",
}
STREAMS = ("people", "tickets", "comments", "visits")
WHOM = Subject(emails=("Wilhelmina@Canary-Mail.example",), names=("Wilhelmina Sturgeon",))


class Desk:
    """A warehouse with one source of files, read as the pipeline reads."""

    def __init__(self, home: Home) -> None:
        self.home, self.keyring = home, Keyring.from_home(home)

    def load(self) -> dict[str, int]:
        """Read every stream anew and return how many versions landed."""
        results = {name: extract.extract_stream(self.home, "desk", name, run_id="r", full_refresh=True) for name in STREAMS}
        return {name: result.rows_landed for name, result in results.items()}

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Return the rows of a query, as superuser."""
        with psycopg.connect(server.admin_dsn(self.home, "rapport"), options="-c timezone=UTC") as conn:
            return conn.execute(query.encode()).fetchall()

    def needles(self) -> dict[str, list[str]]:
        """What may be left of the canary."""
        token = self.keyring.tokens("customer", "email", ["wilhelmina@canary-mail.example"]).to_pylist()[0]
        return {"value": ["wilhelmina@canary-mail.example"], "token": [token]}

    def erase(self) -> erasing.Erased:
        """Ask as one, approve as another, carry out."""
        with erasing.connect(self.home) as conn:
            request = requests.ask(conn, self.keyring, WHOM, who="first", purpose="a request by letter")
            requests.approve(conn, request, who="second")
        return erasing.erase(self.home, request)


@pytest.fixture
def desk(warehouse: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    folder = tmp_path / "files"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    declaration = tmp_path / "sources" / "support" / "desk.yml"
    declaration.parent.mkdir(parents=True)
    declaration.write_text(DESK.replace("FOLDER", str(folder)))
    monkeypatch.setenv("RAPPORT_SOURCES", str(tmp_path / "sources"))
    monkeypatch.setattr(erasing, "rebuild", lambda *_, **__: None)  # no models read this source
    with psycopg.connect(warehouse.dsn("loader"), autocommit=True) as conn:
        ensure_tables(conn, load_source(declaration))
    made = Desk(warehouse)
    made.load()
    yield made


def test_what_is_erased_was_there_and_is_gone_and_nobody_elses_is(desk: Desk) -> None:
    """Would catch a leftover in any table or file; a sweep that is blind; a neighbour's record, or their shared number, taken as well."""
    others = "select id, phone_token from raw_desk.people where id > 1 order by id"
    before = desk.rows(others)
    assert desk.rows("select count(*) from vault.quarantined_row") == [(1,)]
    with erasing.connect(desk.home) as conn:
        for why in ("asked by wilhelmina@canary-mail.example", "a letter from the authorities"):
            requests.note_access(conn, "steward", desk.needles()["token"][0], why)
        conn.execute("create table ops.emptied as select token from vault.secret")  # as a build's table of keys is
        conn.execute("analyze ops.emptied")
        conn.execute("truncate ops.emptied")
    done = desk.erase()
    assert any("raw_desk.people" in place for place in done.found), done.found  # the positive control
    assert any("pg_statistic" in place for place in done.found), done.found
    assert not done.left
    sweep = Sweep(desk.needles())
    with psycopg.connect(server.admin_dsn(desk.home, "rapport"), autocommit=True) as conn:
        sweep.database(conn)
    assert not sweep.hits
    assert desk.rows(others) == before
    assert desk.rows("select id from raw_desk.people order by id") == [(2,), (3,)]
    assert desk.rows("select id, submitter, cc_token is null from raw_desk.tickets order by id") == [(11, None, True), (12, 3, False)]
    assert desk.rows("select ticket, number from raw_desk.comments order by 1") == [(11, 1), (12, 1)]
    assert desk.rows("select visit from raw_desk.visits order by 1") == [(102,), (104,), (105,)]
    assert desk.rows("select count(*) from vault.quarantined_row") == [(0,)]
    assert desk.rows("select count(*) from vault.secret where kind = 'phone'") == [(1,)]  # the other person's, too
    assert desk.rows("select purpose from vault.access_log where token = 'erased' order by 1") == [
        ("a letter from the authorities",),
        ("erased",),
    ]
    assert desk.rows("select state, approver from ops.erasure_request") == [("done", "second")]
    assert desk.rows("select count(*) from vault.erasure_subject") == [(0,)]


def test_what_is_erased_does_not_come_back(desk: Desk) -> None:
    """Would catch a re-import that undoes an erasure, or drops the neighbours with it; and an erasure that cannot be done twice."""
    desk.erase()
    held = desk.rows("select id from raw_desk.people")
    desk.load()
    assert desk.rows("select id from raw_desk.people") == held
    assert desk.rows("select distinct ticket from raw_desk.comments order by 1") == [(11,), (12,)]
    assert desk.rows("select count(*) from raw_desk.tickets where submitter = 1 or person = 1") == [(0,)]
    assert desk.rows("select stream, sum(rows) from ops.quarantine where reason = 'erased' group by 1 order by 1") == [
        ("comments", 2),
        ("people", 2),
        ("tickets", 1),
        ("visits", 3),
    ]
    sweep = Sweep(desk.needles())
    with psycopg.connect(server.admin_dsn(desk.home, "rapport"), autocommit=True) as conn:
        sweep.database(conn)
    assert not sweep.hits
    again = desk.erase()
    assert not again.left


def test_a_number_says_how_many_rows_were_erased_since_but_not_how_few(desk: Desk) -> None:
    """Would catch: a count of one or two, which tells that somebody was in a cell; or a word of erasures where there were none."""
    assert erased_since(desk.home, 57, 56) == {}, "control: nobody was erased"
    desk.erase()
    assert erased_since(desk.home, 57, 56) == {"erased_since": "<5"}
    assert erased_since(desk.home, 57, 52) == {"erased_since": "5"}
    assert erased_since(desk.home, 57, 57) == erased_since(desk.home, None, 3) == {}


def test_a_restored_backup_is_cleaned_by_the_ledger(desk: Desk) -> None:
    """Would catch a backup that brings somebody back for good."""
    with psycopg.connect(server.admin_dsn(desk.home, "rapport"), autocommit=True) as conn:
        conn.execute("create table kept as select * from raw_desk.people")
        desk.erase()
        conn.execute("insert into raw_desk.people select * from kept where id = 1")
        conn.execute("drop table kept")
    assert erasing.replay(desk.home)["raw_desk.people"] == 1
    assert desk.rows("select id from raw_desk.people order by id") == [(2,), (3,)]


def test_nobody_approves_their_own_request(desk: Desk) -> None:
    """Would catch one person who erases alone, through our function or past it; and an erasure without approval or purpose."""
    with erasing.connect(desk.home) as conn:
        request = requests.ask(conn, desk.keyring, WHOM, who="first", purpose="a request by letter")
        for who in ("first", "First", ""):
            with pytest.raises(RightsError, match="somebody else"):
                requests.approve(conn, request, who=who)
        with pytest.raises(psycopg.errors.CheckViolation):
            conn.execute("update ops.erasure_request set approver = 'FIRST', state = 'approved'")
        with pytest.raises(psycopg.errors.CheckViolation):
            conn.execute("update ops.erasure_request set state = 'done'")
        with pytest.raises(RightsError, match="purpose"):
            requests.ask(conn, desk.keyring, WHOM, who="first", purpose="because")
    with pytest.raises(RightsError, match="not approved"):
        erasing.erase(desk.home, request)
    assert desk.rows("select count(*) from raw_desk.people") == [(3,)]


def test_whoever_starts_the_dag_is_not_whoever_asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch an approval in Airflow by whoever asked, by nobody, or by a name that was typed as a parameter."""
    with erasing.connect(desk.home) as conn:
        request = requests.ask(conn, desk.keyring, WHOM, who="engineer", purpose="a request by letter")
    monkeypatch.setattr(steps, "Home", SimpleNamespace(current=lambda: desk.home))

    def start(who: str | None) -> None:
        params = {"request": request, "approver": "admin"}
        steps.approve_erasure({"dag_run": SimpleNamespace(triggering_user_name=who), "params": params})

    for who in ("engineer", "Engineer", None):
        with pytest.raises(AirflowFailException):
            start(who)
    assert desk.rows("select state from ops.erasure_request") == [("requested",)]
    start("admin")
    assert desk.rows("select state, approver from ops.erasure_request") == [("approved", "admin")]


def test_an_identifier_of_several_persons_erases_nobody(desk: Desk) -> None:
    """Would catch a shared telephone number that takes a whole family with it."""
    with erasing.connect(desk.home) as conn:
        finder = erasing.finder_of(desk.home, conn, desk.keyring)
        with pytest.raises(RightsError, match="several persons"):
            finder.find(Subject(phones=("+4930111222333",)))
        assert isinstance(finder, Finder)
        assert finder.find(Subject(phones=("+4930111222333",)), may_be_several=True).records["desk", "people"] == {("1",), ("2",)}


def test_whoever_is_named_by_a_record_is_followed_to_their_devices(desk: Desk) -> None:
    """Would catch: an address taken for somebody else's because a visit carries it beside a device, so that most of a person stays."""
    with erasing.connect(desk.home) as conn:
        finder = erasing.finder_of(desk.home, conn, desk.keyring)
        by_record, by_address = (finder.find(whom) for whom in (Subject(ids=("desk.people:1",)), Subject(emails=WHOM.emails)))
    assert by_record.records == by_address.records
    assert by_record.records["desk", "visits"] == {("100",), ("101",), ("103",)}
    device = desk.keyring.tokens("customer", "id", ["device-of-both"]).to_pylist()[0]
    assert device in by_record.shared


def test_a_person_gets_a_readable_file_that_others_cannot_open(desk: Desk, tmp_path: Path) -> None:
    """Would catch an export of tokens instead of values, one that others may read, or one that nobody hears of."""
    files = export(desk.home, WHOM, who="steward", purpose="a request by letter", folder=tmp_path / "out")
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]
    told = json.loads(files[0].read_text())
    assert {one["stream"]: len(one["records"]) for one in told["held"]} == {"people": 1, "tickets": 1, "comments": 2, "visits": 3}
    assert "wilhelmina@canary-mail.example" in files[0].read_text()
    assert "other@elsewhere.example" not in files[0].read_text()
    assert desk.rows("select role, purpose from vault.access_log") == [("steward", "a request by letter")]


def test_a_report_that_was_changed_is_told_from_a_genuine_one(desk: Desk) -> None:
    """Would catch a proof that anybody can write."""
    file = write_report(desk.home, desk.keyring, "e-1", {"left": {}})
    assert is_genuine(desk.keyring, file)
    file.write_text(file.read_text().replace('"left": {}', '"left": {"raw": 1}'))
    assert not is_genuine(desk.keyring, file)


def test_what_was_kept_long_enough_goes_by_class(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch a class that is kept for ever, one that goes too early, and a person who goes because nothing changed."""
    monkeypatch.setattr(retention, "rebuild", lambda *_, **__: None)
    assert not retention.apply(desk.home)  # nothing is old
    age = "update raw_desk.{} set _version_at = now() - interval '{} months' where id = {}"
    with psycopg.connect(server.admin_dsn(desk.home, "rapport"), autocommit=True) as conn:
        for table, months, record in (("people", 40, 3), ("tickets", 40, 10), ("tickets", 13, 11), ("tickets", 11, 12)):
            conn.execute(age.format(table, months, record).encode())
    assert retention.apply(desk.home) == {"raw_desk.tickets": 1, "raw_desk.tickets (text)": 2}
    assert desk.rows("select id, body_redacted is null from raw_desk.tickets order by id") == [(11, True), (12, False)]
    assert desk.rows("select count(*) from raw_desk.people") == [(3,)]
    assert not retention.apply(desk.home)
