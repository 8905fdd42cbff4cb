"""The vault's only door: a steward sees the value behind one token, after saying why; who looked can be read by those it concerns."""

from __future__ import annotations

from typing import Any

import psycopg
from cryptography.exceptions import InvalidTag
from psycopg import errors

from rapport.home import Home
from rapport.privacy import Keyring
from rapport.privacy.keyring import TOKEN_PATTERN
from rapport.rights.subject import RightsError

_WHY = {
    "refused: not a steward": "{who} is not a steward of this installation: `rapport user add {who} --role steward`, by somebody else",
    "refused: 20 within an hour": "20 values were asked for within an hour, the most there may be: wait, or use `rapport subject export`",
    "unknown": "the vault holds nothing behind this token: it was erased, or it is of another installation",
}


def reveal(home: Home, token: str, *, who: str, purpose: str) -> str:
    """Return the value behind a token; the access log has a row of it before anything is decrypted, also of a refusal.

    Args:
        home: the installation, whose master key opens the vault.
        token: as it stands in a table, such as `em1_…`.
        who: the account of the person at the keyboard; an active steward of `ops.person`.
        purpose: why, in ten letters or more.

    Raises:
        RightsError: it is no token, no purpose is given, who asks is no steward, too many were asked for, nothing is held, or the vault's
            row is not what was written.
    """
    if not TOKEN_PATTERN.match(token):
        raise RightsError("this is not a token: one is two letters and a number, `_`, and 26 letters and digits")
    try:
        with psycopg.connect(home.dsn("steward"), connect_timeout=10) as conn:  # commits, and with it the log, whatever the outcome
            row = conn.execute("select outcome, domain, kind, ciphertext from vault.reveal(%s, %s, %s)", [token, purpose, who]).fetchone()
    except errors.InvalidParameterValue as error:
        raise RightsError(str(error.diag.message_primary)) from None
    except psycopg.OperationalError:
        raise RightsError("the warehouse does not answer: `rapport up` starts it") from None
    outcome, domain, kind, ciphertext = row or ("unknown", None, None, None)
    if outcome != "shown":
        raise RightsError(_WHY.get(str(outcome), str(outcome)).format(who=who))
    try:
        return Keyring.from_home(home).unseal(domain, kind, token, bytes(ciphertext))
    except InvalidTag:
        raise RightsError("the vault's row was changed, or sealed with another key: tell whoever runs the warehouse") from None


def access_log(home: Home, *, newest: int = 100) -> list[dict[str, Any]]:
    """Return who looked into the vault, at what kind of value, why and with what outcome, the newest first; read as `representative`."""
    with psycopg.connect(home.dsn("representative"), connect_timeout=10) as conn:
        rows = conn.execute(
            "select to_char(happened_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), who, about, outcome, purpose"
            " from ops.vault_access order by happened_at desc limit %s",
            [newest],
        ).fetchall()
    return [dict(zip(("at", "who", "about", "outcome", "purpose"), row, strict=True)) for row in rows]
