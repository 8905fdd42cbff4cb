"""Enriched events: the same visits as every other web analytics of the company sees."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from time import gmtime, strftime
from typing import Any
from urllib.parse import urlsplit

from sandbox.company.web import EVENTS, Visit
from sandbox.company.world import World
from sandbox.store import Row
from sandbox.vendors.weblog import SITE, Step, address, browser, is_planted, referrer, shipped, steps

SPACE = uuid.UUID("6f2b6c1e-5a31-4d0e-9a51-8a0f1f5f7d10")
SCHEMA = "iglu:com.snowplowanalytics.snowplow/{}/jsonschema/{}"
WEB_PAGE = SCHEMA.format("web_page", "1-0-0")
MEDIUM = {"direct": None, "search": "search", "website": "unknown", "campaign": None, "social": "social"}
NOBODY = "00000000-0000-0000-0000-000000000000"


def rows(world: World) -> Iterator[Row]:
    """Yield every event that is archived by now."""
    for step in steps(world):
        body = _event(step, world.settings.seed)
        yield Row("snowplow.events", body["event_id"], shipped(step.received), body, is_planted(step.visit))


def _stamp(seconds: int) -> str:
    """Return a time as the file writes it, UTC without saying so."""
    return strftime("%Y-%m-%d %H:%M:%S", gmtime(seconds)) + ".000"


def _described(name: str, version: str, data: Any) -> str:
    """Return JSON that names its own schema."""
    return json.dumps({"schema": SCHEMA.format(name, version), "data": data}, separators=(",", ":"))


def _key(*parts: Any) -> str:
    return str(uuid.uuid5(SPACE, ":".join(map(str, parts))))


def _event(step: Step, seed: int) -> dict[str, Any]:
    """Return the filled columns of one event."""
    visit, action = step.visit, step.action
    # a click is sent from the page that it leaves
    url = SITE + (action if action.kind != "download" or not step.number else visit.actions[step.number - 1]).path
    event_id = _key("event", seed, visit.id, step.number)
    kind, name = ("page_view", "page_view") if action.kind == "page" else ("struct", "event")
    body = {
        "app_id": "haldenmark-web",
        "platform": "web",
        "etl_tstamp": _stamp(shipped(step.received)),
        "collector_tstamp": _stamp(step.received),
        "dvce_created_tstamp": _stamp(step.at),
        "event": kind,
        "event_id": event_id,
        "name_tracker": "sp1",
        "v_tracker": "js-4.1.0",
        "v_collector": "ssc-3.2.0-kinesis",
        "v_etl": "snowplow-enrich-kinesis-5.0.0",
        "geo_country": visit.country,
        "page_title": action.title,
        "contexts": _described("contexts", "1-0-0", [{"schema": WEB_PAGE, "data": {"id": _key("page", seed, visit.id, step.number)}}]),
        "useragent": browser(visit),
        "br_lang": "en-GB",
        "br_cookies": "1",
        "dvce_type": {"desktop": "Computer", "smartphone": "Mobile", "tablet": "Tablet"}[visit.device],
        "dvce_ismobile": "0" if visit.device == "desktop" else "1",
        "doc_charset": "UTF-8",
        "dvce_sent_tstamp": _stamp(step.received),
        "domain_sessionid": _key("session", seed, visit.id),
        "derived_tstamp": _stamp(step.at),
        "event_vendor": "com.google.analytics" if kind == "struct" else "com.snowplowanalytics.snowplow",
        "event_name": name,
        "event_format": "jsonschema",
        "event_version": "1-0-0",
        "event_fingerprint": hashlib.md5(event_id.encode(), usedforsecurity=False).hexdigest(),
    }
    body |= _parts("page", "page_url", url) | _parts("refr", "page_referrer", referrer(step)) | _who(visit, seed) | _meant(step, kind)
    return {column: value for column, value in body.items() if value is not None and value != ""}


def _parts(prefix: str, whole: str, url: str | None) -> dict[str, Any]:
    """Return an address and its parts, each of which has a column of its own."""
    if url is None:
        return {}
    parts = urlsplit(url)
    found: dict[str, Any] = {
        whole: url,
        f"{prefix}_urlscheme": parts.scheme,
        f"{prefix}_urlhost": parts.hostname,
        f"{prefix}_urlport": "443",
        f"{prefix}_urlpath": parts.path,
        f"{prefix}_urlquery": parts.query,
    }
    return found


def _who(visit: Visit, seed: int) -> dict[str, Any]:
    """Return what is known of the visitor.

    Without consent the tracker sends no user, no cookie and no address, but keeps the session:
    https://docs.snowplow.io/docs/sources/web-trackers/anonymous-tracking/.
    """
    if not visit.has_consent:
        return {"network_userid": NOBODY}
    return {
        "user_id": visit.person.email if visit.person is not None and visit.is_logged_in else None,
        "user_ipaddress": address(visit),
        "domain_userid": _key("cookie", seed, visit.visitor),
        "domain_sessionidx": str(visit.visit_count),
        "network_userid": _key("network", seed, visit.visitor),
    }


def _meant(step: Step, kind: str) -> dict[str, Any]:
    """Return what the event says beyond the page: a task, a search, a download, and where the visit came from."""
    source, name = step.visit.referrer
    told: dict[str, Any] = {}
    if step.number == 0:
        told = {"refr_medium": MEDIUM[source], "refr_source": name if MEDIUM[source] else None}
        told |= {"mkt_medium": "email", "mkt_campaign": name} if source == "campaign" else {}
    else:
        told = {"refr_medium": "internal"}
    if kind == "struct":
        category, word = EVENTS.get(step.action.kind, (step.action.kind, step.action.kind))
        label = step.action.detail or step.action.path
        # people look for exact words with a quote before them, and the file has no quotes of its own
        label = f'"{label}' if category == "search" and step.visit.id % 7 == 0 else label
        told |= {"se_category": category, "se_action": word, "se_label": label}
        told |= {"se_value": str((step.visit.id * 7) % 14)} if category == "search" else {}
    return told
