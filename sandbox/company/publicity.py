"""What the company makes of praise, and what is said of its rivals: drawn apart, so that nothing else that is drawn changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sandbox.company import phrases as ph
from sandbox.company import texts
from sandbox.company.mentions import NICKNAMES, OWN_HANDLE, PLATFORMS, POST, REVIEW, SHARE, Mention
from sandbox.company.params import DAY, Params, Settings
from sandbox.company.places import COUNTRIES

OWN_BRAND = "Haldenmark Grid"
RIVALS = (("Nordpol Energie", 0.55), ("Wattline", 0.3), ("Stromhaus", 0.15))
FIRST_RIVAL = 500_000_000  # ids of the rivals' mentions begin here


@dataclass(frozen=True)
class Publicity:
    """One mention as the feed gives it: of which brand, and whether its author has agreed to be quoted."""

    mention: Mention
    brand: str = OWN_BRAND
    may_be_quoted: bool | None = None


def publicity(settings: Settings, params: Params, said: list[Mention]) -> Iterator[Publicity]:
    """Yield what is said, the company's own shares of praise, and what is said of its rivals, up to the present."""
    for mention in said:
        if mention.is_own or mention.kind not in {POST, REVIEW}:
            yield Publicity(mention)
            continue
        u = np.random.default_rng([settings.seed, 812, mention.id]).random(3).tolist()
        is_praise = mention.rating is not None and mention.rating >= 4
        allowed = u[0] < params.mention_permission_share if is_praise else None
        yield Publicity(mention, may_be_quoted=allowed)
        at = mention.at + int((0.2 + 9 * u[2]) * DAY)
        if is_praise and u[1] < params.mention_amplified_share and at <= settings.now and mention.deleted_at is None:
            own = {"kind": SHARE, "parent": mention.id, "person": None, "handle": OWN_HANDLE, "is_own": True, "at": at, "rating": None}
            yield Publicity(replace(mention, id=mention.id + 3, expects_reply=False, replied_at=None, deleted_at=None, **own))
    yield from (found for index in range(settings.days) for found in _rivals(settings, params, index))


def _rivals(settings: Settings, params: Params, index: int) -> Iterator[Publicity]:
    rng = np.random.default_rng([settings.seed, 813, index])
    count = int(rng.poisson(params.rival_mentions_per_day * settings.scale))
    for k, u in enumerate(rng.random((count, 9)).tolist()):
        at = settings.start + index * DAY + int(u[0] * DAY)
        if at > settings.now:
            continue
        platform = PLATFORMS[int(u[1] * len(PLATFORMS))]
        country = COUNTRIES[int(u[2] ** 1.6 * len(COUNTRIES))]
        rating = 1 + int(5 * u[3])
        mention = Mention(
            id=FIRST_RIVAL + index * 1000 + k,
            platform=platform[0],
            kind=REVIEW if platform[2] else POST,
            parent=None,
            person=None,
            handle=f"{texts.pick(NICKNAMES, u[4])}{int(u[4] * 9000) % 900 + 10}",
            country=country.code,
            language=country.language,
            text=texts.pick(ph.SURVEY_GOOD[:1] if rating > 3 else (ph.SURVEY_BAD[0],), u[5]),
            rating=rating if platform[2] else None,
            reach=int(40 + 900 * u[6] ** 4),
            likes=int(20 * u[7]),
            shares=0,
            at=at,
            may_hold_canary=False,
        )
        yield Publicity(mention, brand=_rival(u[8]))


def _rival(u: float) -> str:
    for name, share in RIVALS:
        if u < share:
            return name
        u -= share
    return RIVALS[-1][0]
