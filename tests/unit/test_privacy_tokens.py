"""Would catch: one person with two tokens, two people with one, a token that can be guessed, a vault row that can be swapped."""

from __future__ import annotations

import base64
import hashlib
import hmac
import stat
from pathlib import Path

import pyarrow as pa
import pytest
from cryptography.exceptions import InvalidTag
from rapport.home import Home, checkout
from rapport.privacy import Keyring, PrivacyKeyError, normalise, seal, unseal
from rapport.privacy.keyring import MASTER_VARIABLE, TOKEN_PATTERN, decode_master
from rapport.privacy.tokens import tokenise

MASTER = bytes(range(32))
KEYRING = Keyring(MASTER)


def token_of(value: str, domain: str, kind: str, ring: Keyring = KEYRING) -> str:
    token: str = ring.tokens(domain, kind, [value])[0].as_py()
    return token


@pytest.mark.parametrize(
    "written",
    [
        "ann.lee+news@münchen.de",
        "Ann.Lee+News@MÜNCHEN.DE",
        " mailto:ann.lee+news@münchen.de?subject=x",
        "Ann Lee <ann.lee+news@xn--mnchen-3ya.de>",
        "ann.lee+news@mün\u200bchen.de",
        "ａｎｎ.lee+news＠münchen.de",
        "\u202aann.lee+news@münchen.de.",
    ],
)
def test_spellings_of_one_address_have_one_normal_form(written: str) -> None:
    """Would catch: one person with two tokens."""
    assert normalise.email(written) == "ann.lee+news@xn--mnchen-3ya.de"


@pytest.mark.parametrize(("one", "other"), [("ann+a@x.org", "ann@x.org"), ("a.nn@gmail.com", "ann@gmail.com"), ("ann@x.org", "ann@y.org")])
def test_different_addresses_stay_different(one: str, other: str) -> None:
    """Would catch: two people merged because plus-tags or dots were stripped."""
    assert normalise.email(one) != normalise.email(other)


@pytest.mark.parametrize("written", ["", "ann", "ann@", "@x.org", "a b@x.org", "a@b@c", "a@x..org", "a@" + "x" * 70 + ".org", "a@-x.org"])
def test_what_is_no_address_gets_no_token(written: str) -> None:
    """Would catch: garbage that becomes a person."""
    assert normalise.email(written) is None


@pytest.mark.parametrize(
    ("written", "region", "expected"),
    [
        ("030 1234567", "DE", "+49301234567"),
        ("+49 (0)30 1234567", "US", "+49301234567"),
        ("0049-30-1234567", None, "+49301234567"),
        ("(415) 555-2991 x12", "US", "+14155552991"),
        ("٠٣٠ ١٢٣٤٥٦٧", "DE", "+49301234567"),
        ("12", "DE", None),
        ("030 1234567", None, None),
        ("n/a", "DE", None),
    ],
)
def test_phones_become_e164_by_the_sources_region(written: str, region: str | None, expected: str | None) -> None:
    """Would catch: a number without its country, or text that becomes a number."""
    assert normalise.phone(written, region) == expected


def test_a_run_of_a_million_combining_marks_is_normalised_in_linear_time() -> None:
    """Would catch: a text field that stops a load for hours."""
    assert len(normalise.plain("a" + "\u0301\u0323" * 500_000)) < 20


def test_tokens_have_their_form_and_never_cross_tenant_domain_kind_or_version() -> None:
    """Would catch: a customer's token equal to an employee's, or linkable between tenants."""
    rings = (KEYRING, Keyring(MASTER, "other"), Keyring(MASTER, earlier=(MASTER[::-1],)), Keyring(MASTER[::-1]))
    tokens = {
        token_of("same", domain, kind, ring)
        for ring in rings
        for domain in ("customer", "employee")
        for kind in ("email", "phone", "id", "ip", "handle", "name")
    }
    assert len(tokens) == 4 * 2 * 6
    assert all(TOKEN_PATTERN.match(token) for token in tokens)
    assert {KEYRING.prefix(domain, "email") for domain in ("customer", "employee")} == {"em1_", "xe1_"}


def test_tokens_of_a_column_are_those_that_python_writes_one_by_one() -> None:
    """Would catch: a faster way of writing tokens that makes every person a new one."""
    values = [f"person{number}@example.com" for number in range(500)]
    key = KEYRING.subkey("customer", "email")
    digests = [hmac.digest(key, value.encode(), "sha256")[:16] for value in values]
    written = ["em1_" + base64.b32encode(digest).decode().lower().rstrip("=") for digest in digests]
    assert KEYRING.tokens("customer", "email", values).to_pylist() == written
    assert KEYRING.tokens("customer", "email", []).to_pylist() == []


def test_a_token_is_keyed_and_not_a_hash_that_anyone_can_make() -> None:
    """Would catch: SHA-256 of a telephone number, which ten minutes undo."""
    value = "+49301234567"
    made = token_of(value, "customer", "phone")
    for digest in (hashlib.sha256, hashlib.sha1, hashlib.md5):
        assert digest(value.encode()).hexdigest()[:20] not in made
    assert made == "ph1_" + made[4:] == token_of(value, "customer", "phone")


def test_a_column_is_tokenised_with_nulls_kept_and_the_unreadable_counted() -> None:
    """Would catch: a raw value kept because it could not be read, or a null that becomes a person."""
    column = pa.chunked_array([["Ann@x.org", None, "ann@X.ORG"], ["nonsense", "", "bob@x.org"]])
    made = tokenise(column, KEYRING, "customer", "email")
    first, null, same, unreadable, blank, other = made.column.to_pylist()
    assert first == same != other
    assert null is unreadable is blank is None
    assert made.unreadable == 1
    opened = [KEYRING.unseal("customer", "email", row["token"], row["ciphertext"]) for row in made.vault.to_pylist()]
    assert sorted(opened) == ["ann@x.org", "bob@x.org"]


def test_a_vault_row_opens_only_with_its_own_token_kind_domain_tenant_and_key() -> None:
    """Would catch: a ciphertext moved to another person's token."""
    token = token_of("ann@x.org", "customer", "email")
    sealed = KEYRING.sealer("customer", "email")("ann@x.org", token)
    assert KEYRING.unseal("customer", "email", token, sealed) == "ann@x.org"
    other = token_of("bob@x.org", "customer", "email")
    wrong = [
        (KEYRING, "customer", "email", other),
        (KEYRING, "customer", "phone", token),
        (KEYRING, "employee", "email", token),
        (Keyring(MASTER, "other"), "customer", "email", token),
        (Keyring(MASTER[::-1]), "customer", "email", token),
    ]
    for ring, domain, kind, label in wrong:
        with pytest.raises(InvalidTag):
            ring.unseal(domain, kind, label, sealed)


def test_a_sealed_record_opens_for_its_own_stream_only() -> None:
    """Would catch: a quarantined record readable, or attributed to another source."""
    sealed = seal({"id": None, "note": "Ann"}, "id", "is missing", KEYRING, source="a", stream="b")
    assert b"Ann" not in sealed.ciphertext
    assert unseal(sealed.ciphertext, KEYRING, source="a", stream="b") == {"id": None, "note": "Ann"}
    with pytest.raises(InvalidTag):
        unseal(sealed.ciphertext, KEYRING, source="a", stream="c")


def test_the_master_key_is_made_once_kept_0400_and_given_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: a key anybody can read, or a new one at each start."""
    monkeypatch.delenv(MASTER_VARIABLE, raising=False)
    home = Home(tmp_path / "home", checkout())
    first = Keyring.from_home(home)
    assert stat.S_IMODE((home.path / "secrets" / "privacy_master").stat().st_mode) == 0o400
    assert Keyring.from_home(home).fingerprint() == first.fingerprint()
    monkeypatch.setenv(MASTER_VARIABLE, MASTER.hex())
    assert Keyring.from_home(home).fingerprint() == KEYRING.fingerprint() != first.fingerprint()


@pytest.mark.parametrize("text", ["", "short", "zz" * 32, "a" * 42, "0" * 63])
def test_a_malformed_key_is_refused_without_being_repeated(text: str) -> None:
    """Would catch: a key cut off by a copy, silently used; or a key in an error."""
    with pytest.raises(PrivacyKeyError) as caught:
        decode_master(text)
    assert not text or text not in str(caught.value)
