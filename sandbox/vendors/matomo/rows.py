"""Visits as `Live.getLastVisitsDetails` returns them (https://developer.matomo.org/guides/raw-data)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sandbox.company.hours import ZONES
from sandbox.company.params import iso
from sandbox.company.places import BY_CODE
from sandbox.company.web import BOTS, EVENTS, Action, Visit
from sandbox.company.world import World
from sandbox.store import Row

SITE = "https://www.haldenmark-grid.com"
CONTINENTS = {"amer": ("North America", "amn"), "emea": ("Europe", "eur"), "apac": ("Asia", "asi")}
DEVICES = {
    "desktop": ("Desktop", "Windows", "WIN", "11", "Chrome", "CH", "1920x1080"),
    "smartphone": ("Smartphone", "iOS", "IOS", "18.1", "Mobile Safari", "MF", "390x844"),
    "tablet": ("Tablet", "Android", "AND", "15", "Chrome Mobile", "CM", "800x1280"),
}
REFERRER_TYPES = {
    "direct": "Direct Entry",
    "search": "Search Engines",
    "website": "Websites",
    "campaign": "Campaigns",
    "social": "Social Networks",
}
KINDS = {"page": "action", "search": "search", "download": "download", "exit": "outlink"} | dict.fromkeys(EVENTS, "event")


def rows(world: World) -> Iterator[Row]:
    """Yield every visit that has reached the tracker.

    A visit is ordered by its last action, as `minTimestamp` filters it. A visit that waited in the queue of an offline device keeps its
    old time: it appears up to five days late, behind a cursor that has passed (https://github.com/matomo-org/plugin-QueuedTracking).
    """
    for visit in world.visits:
        yield _visit(visit, world.settings.seed)


def visitor_id(seed: int, visitor: int) -> str:
    """Return the 16 hex digits that a visitor's cookie holds."""
    return hashlib.blake2b(f"{seed}:{visitor}".encode(), digest_size=8).hexdigest()


@lru_cache(maxsize=2048)
def _date_words(day: str) -> tuple[str, str]:
    """Return a date in the two ways in which the pretty fields write it."""
    found = date.fromisoformat(day)
    return found.strftime("%A, %B %d, %Y"), found.strftime("%b %d, %Y")


def _pretty(seconds: int) -> str:
    return f"{seconds // 60} min {seconds % 60}s" if seconds >= 60 else f"{seconds}s"


def _action(visit: Visit, action: Action, number: int, following: int | None) -> dict[str, Any]:
    moment = iso(action.at)
    spent = 0 if following is None else following - action.at
    kind = KINDS[action.kind]
    body: dict[str, Any] = {
        "type": kind,
        "url": SITE + action.path,
        "pageTitle": action.title if kind in ("action", "search") else None,
        "pageIdAction": 100 + len(action.path),
        "idpageview": f"{visit.id % 46_656:x}{number:02d}",
        "serverTimePretty": f"{_date_words(moment[:10])[1]} {moment[11:19]}",
        "pageId": visit.id * 20 + number,
        "timeSpent": spent,
        "timeSpentPretty": _pretty(spent),
        "pageviewPosition": number + 1,
        "title": action.title,
        "subtitle": SITE + action.path,
        "icon": "",
        "iconSVG": "plugins/Morpheus/images/action.svg",
        "timestamp": action.at,
    }
    if action.kind == "search":
        body |= {"siteSearchKeyword": action.detail, "siteSearchCategory": None, "siteSearchCount": (visit.id * 7) % 14}
    elif kind == "event":
        category, word = EVENTS[action.kind]
        body |= {"eventCategory": category, "eventAction": word, "eventName": action.detail, "eventValue": None}
    return body


def _referrer(visit: Visit) -> dict[str, Any]:
    kind, name = visit.referrer
    url = {
        "search": f"https://www.{(name or '').lower()}.com",
        "website": f"https://{name}/thread/7",
        "social": "https://www.linkedin.com",
    }.get(kind, "")
    return {
        "referrerType": kind,
        "referrerTypeName": REFERRER_TYPES[kind],
        "referrerName": name or "",
        "referrerKeyword": "",
        "referrerKeywordPosition": None,
        "referrerUrl": url,
        "referrerSearchEngineUrl": url if kind == "search" else None,
        "referrerSearchEngineIcon": None,
        "referrerSocialNetworkUrl": url if kind == "social" else None,
        "referrerSocialNetworkIconUrl": None,
    }


def _visit(visit: Visit, seed: int) -> Row:
    country = BY_CODE[visit.country]
    last = visit.actions[-1].at
    duration = 0 if visit.is_bot else last - visit.started_at + (12 if len(visit.actions) > 1 else 0)
    device, system, system_code, system_version, browser, browser_code, resolution = DEVICES[visit.device]
    if visit.is_bot:
        browser, system, resolution = BOTS[visit.id % len(BOTS)], "Unknown", "unknown"
    visitor = visitor_id(seed, visit.visitor)
    first, local = iso(visit.started_at), datetime.fromtimestamp(visit.started_at, ZONES[country.region])
    words = _date_words(first[:10])[0]
    continent, continent_code = CONTINENTS[country.region]
    # Without consent the last two bytes of the address are masked, and there is no user id: https://matomo.org/faq/general/configure-privacy-settings-in-matomo/
    address = f"192.0.{visit.visitor % 256}.{visit.visitor // 256 % 250 + 1}" if visit.has_consent else "192.0.0.0"
    user = visit.person.email if visit.person is not None and visit.is_logged_in and visit.has_consent else None
    following = [a.at for a in visit.actions[1:]] + [None]
    body = {
        "idSite": "1",
        "idVisit": str(visit.id),
        "visitIp": address,
        "visitorId": visitor,
        "fingerprint": visitor[::-1],
        "userId": user,
        "visitorType": "new" if visit.visit_count == 1 else "returning",
        "visitorTypeIcon": None,
        "visitConverted": int(any(a.kind == "complete" for a in visit.actions)),
        "visitConvertedIcon": None,
        "visitCount": str(visit.visit_count),
        "visitEcommerceStatus": "none",
        "visitEcommerceStatusIcon": None,
        "daysSinceFirstVisit": 0 if visit.visit_count == 1 else visit.visit_count * 9,
        "daysSinceLastEcommerceOrder": 0,
        "secondsSinceFirstVisit": 0,
        "secondsSinceLastEcommerceOrder": None,
        "serverDate": first[:10],
        "serverTimestamp": visit.started_at,
        "serverTimePretty": first[11:19],
        "serverDatePretty": words,
        "serverDatePrettyFirstAction": words,
        "serverTimePrettyFirstAction": first[11:19],
        "firstActionTimestamp": visit.started_at,
        "lastActionTimestamp": last,
        "lastActionDateTime": iso(last)[:19].replace("T", " "),
        "actions": str(len(visit.actions)),
        "interactions": str(len(visit.actions)),
        "searches": str(sum(a.kind == "search" for a in visit.actions)),
        "events": str(sum(a.kind in EVENTS for a in visit.actions)),
        "visitDuration": str(duration),
        "visitDurationPretty": _pretty(duration),
        "goalConversions": 0,
        "siteName": "Haldenmark Grid",
        "siteCurrency": "EUR",
        "siteCurrencySymbol": "€",
        "languageCode": f"{country.language}-{country.code.lower()}",
        "language": country.language,
        "deviceType": device,
        "deviceTypeIcon": "",
        "deviceBrand": "Unknown",
        "deviceModel": "Generic Bot" if visit.is_bot else f"Generic {device}",
        "operatingSystem": f"{system} {system_version}",
        "operatingSystemName": system,
        "operatingSystemIcon": "",
        "operatingSystemCode": system_code,
        "operatingSystemVersion": system_version,
        "browserFamily": "Bot" if visit.is_bot else "Blink",
        "browserFamilyDescription": "",
        "browser": browser,
        "browserName": browser,
        "browserIcon": "",
        "browserCode": browser_code,
        "browserVersion": "130.0",
        "resolution": resolution,
        "plugins": "cookie",
        "pluginsIcons": None,
        "continent": continent,
        "continentCode": continent_code,
        "country": country.name,
        "countryCode": country.code.lower(),
        "countryFlag": f"plugins/Morpheus/icons/dist/flags/{country.code.lower()}.png",
        "region": None,
        "regionCode": None,
        "city": None,
        "location": country.name,
        "latitude": None,
        "longitude": None,
        "visitLocalTime": local.isoformat()[11:19],
        "visitLocalHour": str(local.hour),
        "dimension1": "granted" if visit.has_consent else "denied",
        "crmId": None,
        "experiments": [],
        "goalConversionsIcon": None,
        **_referrer(visit),
        "actionDetails": [_action(visit, a, k, following[k]) for k, a in enumerate(visit.actions)],
    }
    return Row("matomo.visits", visit.id, last, body, visit.person is not None and visit.person.canary)
