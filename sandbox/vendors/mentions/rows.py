"""Mentions as the feed sends them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sandbox.company.mentions import Mention
from sandbox.company.params import iso
from sandbox.company.publicity import publicity
from sandbox.company.world import World
from sandbox.store import Row

PAGES = {
    "trustpilot": "https://www.trustpilot.com/review/www.haldenmark-grid.com?page={}",
    "google": "https://maps.google.com/maps/place/haldenmark-grid/reviews?hl=en&start={}",
    "x": "https://x.com/search?q=haldenmark&p={}",
    "linkedin": "https://www.linkedin.com/company/haldenmark-grid/posts/?page={}",
    "reddit": "https://www.reddit.com/r/energy/search?q=haldenmark&page={}",
}


def rows(world: World) -> Iterator[Row]:
    """Yield every mention up to the present."""
    for told in publicity(world.settings, world.params, world.mentions):
        mention = told.mention
        changed = mention.changed_at(world.now)
        body = _body(mention, world.now, changed) | {"brand": told.brand, "may_quote": told.may_be_quoted}
        yield Row("mentions.mentions", _id(mention.id), changed, body, mention.may_hold_canary)


def _id(number: int) -> str:
    return f"mn_{number:09d}"


def _body(mention: Mention, now: int, changed: int) -> dict[str, Any]:
    """Return one mention; of a deleted one only its id, place and times are left, as platforms demand of those who keep copies."""
    replied = mention.replied_at if mention.replied_at is not None and mention.replied_at <= now else None
    is_deleted = mention.deleted_at is not None and mention.deleted_at <= now
    body = {
        "id": _id(mention.id),
        "platform": mention.platform,
        "type": mention.kind,
        "parent_id": _id(mention.parent) if mention.parent is not None else None,
        "url": f"https://{mention.platform}.example/@{mention.handle}/{mention.id}",
        "page_url": PAGES[mention.platform].format(mention.id % 40 + 1),
        "author": _author(mention),
        "text": mention.text,
        "language": mention.language,
        "country": mention.country,
        "rating": {"value": mention.rating, "max": 5} if mention.rating is not None else None,
        "reach": mention.reach,
        "engagement": {"likes": mention.counted(mention.likes, now), "shares": mention.counted(mention.shares, now)},
        "is_own": mention.is_own,
        "is_deleted": is_deleted,
        "posted_at": iso(mention.at),
        "replied_at": iso(replied) if replied is not None else None,
        "updated_at": iso(changed),
    }
    gone = {"author": None, "text": None, "url": None, "rating": None} if is_deleted else {}
    return body | gone


def _author(mention: Mention) -> dict[str, Any]:
    """Return who wrote it; a review platform tells the address of those who agreed when they left a verified review."""
    person = mention.person
    email = person.email if person is not None and mention.rating is not None and person.has_consent else None
    picture = hashlib.md5((email or mention.handle).encode(), usedforsecurity=False).hexdigest()
    return {
        "id": f"{mention.platform}:{int(picture[:12], 16)}",
        "handle": f"@{mention.handle}",
        "name": "Haldenmark Grid" if mention.is_own else person.name if person is not None else None,
        "email": email,
        "avatar_url": f"https://www.gravatar.com/avatar/{picture}",
        "followers": mention.reach // 2,
    }
