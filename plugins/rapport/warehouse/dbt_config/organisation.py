"""`organisation.yml`: names, zone, currency and fiscal year of the organisation."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import yaml

from rapport.declarations.document import Document
from rapport.warehouse.dbt_config.reading import Known, Place, day


def read(document: Document, _known: Known) -> dict[str, Any]:
    """Return `time_zone, calendar_start, fiscal_year_start_month, currency, locale, home_country, own_brands, rival_brands`."""
    value = document.value
    check_zone(document, ("time_zone",), value["time_zone"])
    return {
        "time_zone": value["time_zone"],
        "calendar_start": day(document, ("calendar_start",), value["calendar_start"]),
        "fiscal_year_start_month": value["fiscal_year_start_month"],
        "currency": value.get("currency", "EUR"),
        "locale": value.get("locale", "en"),
        "home_country": value.get("country"),
        "own_brands": [brand.casefold() for brand in value.get("own_brands", [])],
        "rival_brands": [brand.casefold() for brand in value.get("rival_brands", [])],
    }


def brands_of(folder: Path) -> list[str]:
    """Return the organisation's own name, its brands and its rivals', as `organisation.yml` of a folder of settings writes them."""
    file = folder / "organisation.yml"
    value = (yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else None) or {}
    return [*filter(None, [value.get("name")]), *value.get("own_brands", []), *value.get("rival_brands", [])]


def check_zone(document: Document, place: Place, zone: str) -> None:
    """Refuse what is no IANA time zone.

    Raises:
        DeclarationError: at `place`.
    """
    if zone not in available_timezones():
        raise document.error(place, f"{zone} is no time zone of the IANA database, such as Europe/Berlin")
