"""Would catch: a field that lands untreated, in the wrong token domain, or under another name than the declaration promises."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from rapport.declarations import Source, load_source
from rapport.privacy import Directory, Keyring, Treated, feed, treat

KEYRING = Keyring(bytes(range(32)))
DECLARATION = """
source: crm
domain: crm
system: A CRM
owner: crm-data
schedule: "20 * * * *"
region: DE
connection: {protocol: rest, id: crm, auth: {type: basic}}
streams:
  contacts:
    request: {path: /c}
    records: c
    paging: {type: next_url, next: next}
    key: [id]
    fields:
      id: {type: bigint, class: internal}
      first_name: {type: text, class: personal, kind: name, directory: true}
      last_name: {type: text, class: personal, kind: name, directory: true}
      street: {type: text, class: personal, kind: address}
      email: {type: text, class: personal, kind: email, domain: {by: role, employee: [agent, admin], else: customer}}
      backup: {type: text, class: personal, kind: email, domain: employee}
      phone: {type: text, class: personal, kind: phone}
      customer_number: {type: bigint, class: personal, kind: id}
      role: {type: text, class: internal}
      salary: {type: decimal, class: sensitive}
      age: {type: bigint, class: personal, kind: id, treatment: band, band: [18, 25, 65]}
      share: {type: double, class: personal, kind: id, treatment: band, band: [0, 0.5]}
      born_on: {type: date, class: personal, kind: id, treatment: truncate}
      seen_at: {type: timestamp, class: personal, kind: id, treatment: truncate}
      page: {type: text, class: personal, kind: url}
      about: {type: text, class: free_text}
      extra: {type: json, class: free_text}
      tag: {type: text, class: internal}
"""


@pytest.fixture
def source(tmp_path: Path) -> Source:
    file = tmp_path / "crm" / "crm.yml"
    file.parent.mkdir()
    file.write_text(DECLARATION)
    return load_source(file)


def treated(source: Source, directory: Directory, *rows: dict[str, object]) -> Treated:
    stream = source.streams["contacts"]
    full = [{name: row.get(name) for name in stream.arrow_schema.names} for row in rows]
    return treat(pa.Table.from_pylist(full, schema=stream.arrow_schema), source, stream, KEYRING, directory)


def test_what_lands_is_what_the_declaration_promises_and_nothing_else(source: Source) -> None:
    """Would catch: an extra column, a missing one, or another type than the table's."""
    page = treated(source, Directory(KEYRING), {"id": 1})
    assert page.table.schema == source.streams["contacts"].landed_schema
    assert not {"first_name", "last_name", "street", "email", "backup", "phone", "salary", "about"} & set(page.table.column_names)
    assert treated(source, Directory(KEYRING)).table.num_rows == 0


def test_the_row_decides_the_domain_and_exactly_one_column_is_filled(source: Source) -> None:
    """Would catch: an agent's address as a customer's token, or in both columns."""
    rows = [{"id": at, "email": "ann@x.org", "role": role} for at, role in enumerate(["agent", "admin", "end-user", None, "Agent"])]
    table = treated(source, Directory(KEYRING), *rows, {"id": 9, "role": "agent"}).table
    employee, customer = table["email_employee_token"].to_pylist(), table["email_customer_token"].to_pylist()
    assert [bool(token) for token in employee] == [True, True, False, False, False, False]
    assert [bool(token) for token in customer] == [False, False, True, True, True, False]
    assert not set(filter(None, employee)) & set(filter(None, customer))
    backup = treated(source, Directory(KEYRING), {"id": 1, "backup": "ann@x.org"}).table["backup_token"].to_pylist()
    assert backup == [employee[0]]


def test_bands_and_years(source: Source) -> None:
    """Would catch: an age of 25 in the band below, or a birthday that lands."""
    ages = [17, 18, 24, 25, 64, 65, None]
    table = treated(source, Directory(KEYRING), *({"id": age or 0, "age": age, "share": (age or 0) / 100} for age in ages)).table
    assert table["age_band"].to_pylist() == ["<18", "18-24", "18-24", "25-64", "25-64", "65+", None]
    assert table["share_band"].to_pylist() == ["0-<0.5"] * 4 + ["0.5+"] * 2 + ["0-<0.5"]
    when = {"born_on": date(1984, 2, 29), "seen_at": datetime(2026, 12, 31, 23, 30, tzinfo=UTC)}
    table = treated(source, Directory(KEYRING), {"id": 1} | when).table
    assert table["born_on_truncated"].to_pylist() == [date(1984, 1, 1)]
    assert table["seen_at_truncated"].to_pylist() == [date(2026, 1, 1)]


def test_a_pages_own_people_are_removed_from_its_texts(source: Source) -> None:
    """Would catch: a name that is redacted from the second page on, or a first and last name known only apart."""
    row = {"id": 1, "first_name": "Grace", "last_name": "Hill", "phone": "030 1234567", "about": "Grace Hill called, with grace."}
    page = treated(source, Directory(KEYRING), row | {"extra": '{"by": "grace hill", "mail": "a@b.org"}', "tag": "ask a@b.org"})
    assert page.table["about_redacted"].to_pylist() == ["<PERSON> called, with grace."]
    assert page.table["about_length"].to_pylist() == [30]
    assert page.table["extra_redacted"].to_pylist() == ['{"by": "<PERSON>", "mail": "<EMAIL>"}']
    assert page.table["tag"].to_pylist() == ["ask <EMAIL>"]
    assert page.guarded == {"tag": 1}
    assert page.redacted == {"PERSON": 2, "EMAIL": 1}
    assert {row["domain"] for row in page.terms.to_pylist()} == {"customer"}


def test_a_pages_address_keeps_its_path_without_query_host_and_identifiers(source: Source) -> None:
    """Would catch: a token or an address in a page's address."""
    pages = ["https://x.example.com/help/a?mail=ann@x.org#b", "/help/ann@x.org/edit;s=1", "https://ann.example.com", None]
    table = treated(source, Directory(KEYRING), *({"id": at, "page": page} for at, page in enumerate(pages))).table
    assert table["page_truncated"].to_pylist() == ["/help/a", "/help/<EMAIL>/edit", "", None]


def test_what_cannot_be_read_gets_no_token_and_is_counted(source: Source) -> None:
    """Would catch: a raw value that lands because it is no telephone number."""
    page = treated(source, Directory(KEYRING), {"id": 1, "phone": "ask Ann"}, {"id": 2, "phone": "030 1234567"}, {"id": 3, "phone": " "})
    assert [bool(token) for token in page.table["phone_token"].to_pylist()] == [False, True, False]
    assert page.unreadable == {"phone": 1}


def test_the_vault_has_one_row_a_token_in_order(source: Source) -> None:
    """Would catch: a row a record, or two loads that wait for each other's rows in a circle."""
    rows = [{"id": at, "email": f"p{at % 7}@x.org", "backup": f"p{at % 3}@x.org", "customer_number": at % 5} for at in range(50)]
    vault = treated(source, Directory(KEYRING), *rows).vault
    tokens = vault["token"].to_pylist()
    assert tokens == sorted(set(tokens))
    assert len(tokens) == 7 + 3 + 5


def test_tokens_that_are_in_the_vault_land_again_and_are_not_sealed_again(source: Source) -> None:
    """Would catch: a person's token left out with the vault row, or a new person's vault row left out with the known ones."""
    stream = source.streams["contacts"]
    rows = [dict.fromkeys(stream.arrow_schema.names) | {"id": at, "email": f"p{at}@x.org"} for at in range(4)]
    page = pa.Table.from_pylist(rows, schema=stream.arrow_schema)
    whole = treat(page, source, stream, KEYRING, Directory(KEYRING))
    known = set(whole.vault["token"].to_pylist()[:3])
    again = treat(page, source, stream, KEYRING, Directory(KEYRING), sealed_before=known)
    assert again.table == whole.table
    assert again.vault.to_pylist() == [row for row in whole.vault.to_pylist() if row["token"] not in known] != []


def test_feeding_a_page_teaches_the_directory_its_people(source: Source) -> None:
    """Would catch: terms written to the warehouse that the running load does not know."""
    directory = Directory(KEYRING)
    stream = source.streams["contacts"]
    rows = [dict.fromkeys(stream.arrow_schema.names) | {"first_name": "Annika", "last_name": "Brandholt"}]
    terms = feed(pa.Table.from_pylist(rows, schema=stream.arrow_schema), source, stream, directory)
    assert terms.num_rows == len(directory) > 3
    assert treated(source, directory, {"id": 1, "about": "ask Annika"}).table["about_redacted"].to_pylist() == ["ask <PERSON>"]


SURNAMES = DECLARATION.replace(
    "last_name: {type: text, class: personal, kind: name, directory: true}",
    "last_name: {type: text, class: personal, kind: name, domain: {by: role, employee: [agent], else: customer}, surname: true}",
).replace("[agent, admin], else: customer}}", "[agent, admin], else: customer}, role: true}")


def test_a_family_name_lands_as_a_token_of_customers_only(tmp_path: Path) -> None:
    """Would catch: a name in the clear, one of an employee among customers' tokens, two spellings of one name that differ."""
    file = tmp_path / "crm" / "crm.yml"
    file.parent.mkdir()
    file.write_text(SURNAMES)
    source = load_source(file)
    names = ("Müller", "MULLER, Anna", "Anna-Lena  Müller", "Miller", None, "Müller")
    rows = [{"id": n, "last_name": name, "role": "agent" if n == 5 else "end-user"} for n, name in enumerate(names)]
    table = treated(source, Directory(KEYRING), *rows).table
    tokens = table["last_name_surname_token"].to_pylist()
    assert tokens[0] == tokens[1] == tokens[2] != tokens[3]
    assert tokens[4:] == [None, None]
    assert tokens[0].startswith("sn1_")
    assert "last_name" not in table.column_names


def test_an_address_says_whether_it_is_an_offices(tmp_path: Path) -> None:
    """Would catch: an office's address that joins all who write from it."""
    file = tmp_path / "crm" / "crm.yml"
    file.parent.mkdir()
    file.write_text(SURNAMES)
    source = load_source(file)
    addresses = ("info@shop.example", "Support2@shop.example", "anna.miller@shop.example", "infos.miller@shop.example", "nobody", None)
    rows = [{"id": n, "email": address, "role": "end-user"} for n, address in enumerate(addresses)]
    table = treated(source, Directory(KEYRING), *rows, {"id": 9, "email": "info@firm.example", "role": "agent"}).table
    assert table["email_is_role"].to_pylist() == [True, True, False, False, None, None, None]
