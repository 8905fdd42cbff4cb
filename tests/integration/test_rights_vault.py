"""Would catch: a value behind a token that somebody other than a steward sees, sees unseen, or sees by the thousand."""

from __future__ import annotations

import psycopg
import pytest
from click.testing import CliRunner
from rapport.cli import cli
from rapport.home import Home
from rapport.privacy import Keyring
from rapport.rights.subject import RightsError
from rapport.rights.vault import access_log, reveal
from rapport.warehouse import server

WHY = "delivery failed, ticket 12"


@pytest.fixture
def token(warehouse: Home) -> str:
    """An employee's address in the vault; `eva` is a steward, `mo` was one, `lee` is an analyst."""
    keyring = Keyring.from_home(warehouse)
    made = str(keyring.tokens("employee", "email", ["canary@staff.example"]).to_pylist()[0])
    sealed = keyring.sealer("employee", "email")("canary@staff.example", made)
    with psycopg.connect(server.admin_dsn(warehouse, "rapport")) as conn:
        conn.execute("insert into vault.secret (token, domain, kind, ciphertext) values (%s, 'employee', 'email', %s)", [made, sealed])
        conn.execute(
            "insert into ops.person (user_name, role, added_by, disabled_by, disabled_at) values"
            " ('eva', 'steward', 'root', null, null), ('mo', 'steward', 'root', 'root', now()), ('lee', 'analyst', 'root', null, null)"
        )
    return made


def test_a_steward_who_says_why_sees_one_value_and_stands_in_the_log(warehouse: Home, token: str) -> None:
    """Would catch: a look without a trace, a log that gives the value or token to its readers, or a purpose of one word."""
    assert reveal(warehouse, token, who="eva", purpose=WHY) == "canary@staff.example"
    with pytest.raises(RightsError, match="purpose"):
        reveal(warehouse, token, who="eva", purpose="  why   ")
    rows = access_log(warehouse)
    assert [(row["who"], row["about"], row["outcome"], row["purpose"]) for row in rows] == [
        ("eva as steward", "employee email", "shown", WHY)
    ]
    assert token not in str(rows)
    assert "canary" not in str(rows)


@pytest.mark.parametrize("who", ["mo", "lee", "nobody", ""])
def test_nobody_else_sees_it_and_the_attempt_stands_in_the_log(warehouse: Home, token: str, who: str) -> None:
    """Would catch: a former steward, an analyst or a stranger who is shown a value, or refused in silence."""
    with pytest.raises(RightsError, match="not a steward"):
        reveal(warehouse, token, who=who, purpose=WHY)
    assert [row["outcome"] for row in access_log(warehouse)] == ["refused: not a steward"]


@pytest.mark.parametrize("role", ["analyst", "leader", "hr", "engineer", "representative", "loader", "transformer", "publisher"])
def test_no_other_role_of_the_database_may_ask(warehouse: Home, token: str, role: str) -> None:
    """Would catch: a function that runs with its owner's rights for everybody; the steward's role, as control, gets ciphertext."""
    ask = "select outcome, ciphertext from vault.reveal(%s, %s, 'eva')"
    with psycopg.connect(warehouse.dsn(role)) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(ask, [token, WHY])
    with psycopg.connect(warehouse.dsn("steward")) as conn:
        row = conn.execute(ask, [token, WHY]).fetchone()
        assert row is not None
        assert row[0] == "shown"
        assert b"canary" not in bytes(row[1])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("select * from vault.secret")


def test_the_many_are_refused(warehouse: Home, token: str) -> None:
    """Would catch: a steward, or a stolen password, that empties the vault value by value; refusals and misses count, too."""
    unknown = str(Keyring.from_home(warehouse).tokens("customer", "email", ["nobody@nowhere.example"]).to_pylist()[0])
    with pytest.raises(RightsError, match="holds nothing"):
        reveal(warehouse, unknown, who="eva", purpose=WHY)
    for _ in range(19):
        reveal(warehouse, token, who="eva", purpose=WHY)
    with pytest.raises(RightsError, match="within an hour"):
        reveal(warehouse, token, who="eva", purpose=WHY)
    with psycopg.connect(server.admin_dsn(warehouse, "rapport")) as conn:
        conn.execute("update vault.access_log set happened_at = happened_at - interval '61 minutes'")
    assert reveal(warehouse, token, who="eva", purpose=WHY) == "canary@staff.example"
    assert len(access_log(warehouse)) == 22


def test_a_row_that_was_swapped_is_not_shown(warehouse: Home, token: str) -> None:
    """Would catch: another person's value shown under a token, because somebody wrote into the vault."""
    with psycopg.connect(server.admin_dsn(warehouse, "rapport")) as conn:
        conn.execute("update vault.secret set ciphertext = set_byte(ciphertext, 2, get_byte(ciphertext, 2) # 255)")
    with pytest.raises(RightsError, match="was changed"):
        reveal(warehouse, token, who="eva", purpose=WHY)


def test_the_command_takes_the_account_and_nothing_that_is_typed(warehouse: Home, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: a command that believes a variable about who is asking."""
    monkeypatch.setenv("RAPPORT_HOME", str(warehouse.path))
    monkeypatch.setenv("USER", "eva")
    monkeypatch.setenv("LOGNAME", "eva")
    done = CliRunner().invoke(cli, ["vault", "reveal", token, "--purpose", WHY])
    assert isinstance(done.exception, RightsError)
    assert "canary" not in done.output
    shown = CliRunner().invoke(cli, ["vault", "log"])
    assert "refused: not a steward" in shown.output
