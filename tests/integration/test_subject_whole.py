"""Would catch: an erasure of a real customer of several systems, build and publication included, that leaves them anywhere."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator

import psycopg
import pytest
from rapport.home import Home
from rapport.privacy import Keyring
from rapport.rights import requests
from rapport.rights.erase import connect
from rapport.rights.proof import is_genuine
from rapport.warehouse import ops, server, server_place

from tests.whole_box import Box

# A customer with records in three systems at least and a device, found as a steward would find nobody: in the bridge itself
WHO = """
select b.person_key, min(b.source_id) filter (where b.source = 'zendesk'), min(k.email_token)
from core.bridge_identity as b
inner join intermediate.int_identity__email_keys as k on k.person_key = b.person_key
where exists (select from core.fct_survey_invitation as i where i.person_key = b.person_key)
group by b.person_key
having count(distinct b.source) >= 3 and count(*) filter (where b.record_type = 'device') > 0
    and count(*) filter (where b.source = 'zendesk') = 1 and count(distinct k.email_token) = 1
order by count(*), b.person_key limit 1
"""
SAME = " and ".join(f"v.{column} = f.{column}" for column in ("metric", "version", "grain", "period_start"))
FROZEN = f"""
select count(*), sum(n), round(sum(value)::numeric, 4) from marts_cx.metric_value as v
where exists (select from ops.metric_frozen as f where {SAME})
"""


@pytest.fixture
def box(run_home: Box) -> Iterator[Box]:
    """The home of a whole run; its warehouse is set aside, and put back for the tests that come after."""

    def admin(*statements: str) -> None:
        with psycopg.connect(server.admin_dsn(run_home.home), autocommit=True) as conn:
            for statement in statements:
                conn.execute(statement.encode())

    admin("create database rapport_kept template rapport")
    yield run_home
    admin("drop database rapport with (force)", "alter database rapport_kept rename to rapport")
    ops.ensure_warehouse(run_home.home)  # grants of a database are not copied with it


def read(home: Home, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(server.admin_dsn(home, "rapport")) as conn:
        return conn.execute(query.encode()).fetchall()


def dumped(home: Home, needles: list[str]) -> dict[str, int]:
    """Return how often each needle stands in a dump of every database, or in a file of the home: by grep, not by our sweep."""
    program, found = server_place.prepare(home).bin / "pg_dump", Counter(dict.fromkeys(needles, 0))
    grep = ["grep", "--text", "--only-matching", "--no-filename", "--ignore-case", "--fixed-strings"]
    grep += [f"--regexp={needle}" for needle in needles]
    for database in ("rapport", "airflow", "superset", "postgres"):
        dump = subprocess.Popen([str(program), "--dbname", server.admin_dsn(home, database)], stdout=subprocess.PIPE)
        lines = subprocess.run(grep, stdin=dump.stdout, env={"LC_ALL": "C"}, capture_output=True, check=False).stdout.decode()
        found.update(lines.lower().split())
        assert dump.wait() == 0, database
    folders = [str(path) for path in home.path.iterdir() if path.is_dir() and path.name not in {"pg", "secrets"}]
    lines = subprocess.run([*grep, "--recursive", *folders], env={"LC_ALL": "C"}, capture_output=True, check=False).stdout.decode()
    found.update(lines.lower().split())
    return dict(found)


def test_a_customer_is_gone_from_dumps_files_and_what_people_read(box: Box) -> None:
    """Would catch: a leftover that our own sweep does not see, a frozen number that moves, or a reader who finds nothing to read."""
    home, keyring = box.home, Keyring.from_home(box.home)
    person, record, token = (str(part) for part in read(home, WHO)[0])
    sealed = read(home, f"select domain, kind, ciphertext from vault.secret where token = '{token}'")[0]
    address = keyring.unseal(str(sealed[0]), str(sealed[1]), token, bytes(sealed[2]))  # type: ignore[arg-type]
    needles = [person, token, address]
    before = dumped(home, needles)
    assert before[person] > 10, "control: the search finds what is there"
    assert before[token] > 2
    assert before[address] == 0, "the address stands nowhere in the clear, before either"
    frozen = read(home, FROZEN)
    corrections = read(home, "select count(*) from ops.metric_restatement")

    asked = box.rapport("subject", "erase", "--id", f"zendesk:{record}", "--purpose", "a request by letter").stdout
    request = re.search(r"e-[0-9a-f]{12}", asked)
    assert request
    refused = box.rapport("subject", "approve", request.group(), check=False)
    assert "somebody else has to approve it" in refused.stderr
    with connect(home) as conn:
        requests.approve(conn, request.group(), who="second")
    said = box.rapport("subject", "resume", request.group(), seconds=1800).stdout
    assert "now in 0 (" in said, said[-2000:]
    assert is_genuine(keyring, home.path / "rights" / f"{request.group()}.json")

    assert dumped(home, needles) == dict.fromkeys(needles, 0)
    assert box.query("analyst", "select count(*) as n from marts_cx.dim_person")[0]["n"] > 50
    assert read(home, FROZEN) == frozen, "frozen numbers stay"
    assert read(home, "select count(*) from ops.metric_restatement") == corrections, "and are not said to be corrected"
    assert read(home, "select count(*) from ops.metric_kept") != [(0,)], "control: the erasure would have moved some"
