"""From an Airflow connection to a base address."""

from __future__ import annotations

import pytest
from rapport.airflow.connections import address


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("https://acme.zendesk.com", None, None), "https://acme.zendesk.com"),
        (("http://127.0.0.1:8200/zendesk", "https", 443), "http://127.0.0.1:8200/zendesk"),
        (("acme.zendesk.com", None, None), "https://acme.zendesk.com"),
        (("acme.zendesk.com", "https", 8443), "https://acme.zendesk.com:8443"),
        (("acme.example/base/path", "http", 81), "http://acme.example:81/base/path"),
        (("", None, None), ""),
    ],
)
def test_an_address_is_read_whole_or_in_parts(parts: tuple[str, str | None, int | None], expected: str) -> None:
    """Catches a connection entered in parts in the interface that is asked for at the wrong place, or in clear text."""
    assert address(*parts) == expected
