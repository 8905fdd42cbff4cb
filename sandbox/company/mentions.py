"""What people say about the company in public: posts, reviews, replies, shares, and how soon the company answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import median
from typing import NamedTuple

import numpy as np

from sandbox.company import phrases as ph
from sandbox.company import texts
from sandbox.company.params import DAY, Params, Settings
from sandbox.company.people import Person
from sandbox.company.places import COUNTRIES

POST, REVIEW, REPLY, SHARE = "post", "review", "reply", "share"
# platform, share of what is said, whether people give stars there
PLATFORMS = (("trustpilot", 0.27, True), ("google", 0.18, True), ("x", 0.24, False), ("linkedin", 0.13, False), ("reddit", 0.18, False))
OWN_HANDLE = "haldenmarkgrid"
NICKNAMES = ("voltfan", "meterman", "kw_hunter", "solar_sue", "gridwatch", "plant_ops", "energy_nerd", "facility_fred")
OPENINGS = ("@haldenmarkgrid ", "Anyone else with Haldenmark Grid? ", "Haldenmark Grid: ", "")
OWN_REPLIES = (
    "Hello {first}, thank you for telling us. Please send us your customer number and we look into it.",
    "Hi {first}, we are sorry to read this. A colleague will call you today.",
    "Thank you, {first}! We pass this on to the team.",
    "Hello, we are working on it. The status page has the latest news.",
)
ECHOES = ("Same here.", "Not my experience, they were quick with us.", "Which region are you in?", "We switched last year.")
SECOND_LOOK, LAST_LOOK = DAY, 7 * DAY  # after this time the feed counts likes and shares again


@dataclass(slots=True)
class Mention:
    """One thing said in public. Times are Unix seconds; `replied_at` is when the company first answered, if ever.

    Attributes:
        person: the customer who wrote it; None for strangers and for the company itself.
        rating: stars of five, in reviews.
        likes, shares: their number once a week has passed.
        expects_reply: whether it is of a kind that the company answers.
        may_hold_canary: whether a planted person may be named in it.
    """

    id: int
    platform: str
    kind: str
    parent: int | None
    person: Person | None
    handle: str
    country: str
    language: str
    text: str
    rating: int | None
    reach: int
    likes: int
    shares: int
    at: int
    may_hold_canary: bool
    is_own: bool = False
    expects_reply: bool = False
    replied_at: int | None = None
    deleted_at: int | None = None

    def changed_at(self, now: int) -> int:
        """Return when the feed last changed the record."""
        moments = (self.at, self.at + SECOND_LOOK, self.at + LAST_LOOK, self.replied_at, self.deleted_at)
        return max(moment for moment in moments if moment is not None and moment <= now)

    def counted(self, total: int, now: int) -> int:
        """Return how many likes or shares the feed has counted of those that come in the end."""
        seen = 1.0 if now >= self.at + LAST_LOOK else 0.7 if now >= self.at + SECOND_LOOK else 0.2
        return int(total * seen)


class Begun(NamedTuple):
    """How a thread begins."""

    id: int
    at: int
    person: Person | None
    in_outage: bool


def mentions(settings: Settings, params: Params, persons: list[Person]) -> list[Mention]:
    """Return everything said up to the present, in order of its day; the draws of a day depend on nothing but the day."""
    found: list[Mention] = []
    for index in range(settings.days):
        found += _day(settings, params, persons, index)
    return [m for m in found if m.at <= settings.now]


def measured(said: list[Mention], now: int) -> dict[str, float | int | None]:
    """Return what a correct measurement finds in mentions older than two weeks that expect an answer."""
    asked = [m for m in said if m.expects_reply and m.at < now - 14 * DAY]
    minutes = [(m.replied_at - m.at) / 60 for m in asked if m.replied_at is not None and m.replied_at <= now]
    return {
        "expecting_reply": len(asked),
        "replied": len(minutes),
        "unanswered_share": round(1 - len(minutes) / len(asked), 4) if asked else None,
        "reply_minutes_median": round(median(minutes), 1) if minutes else None,
    }


def _day(settings: Settings, params: Params, persons: list[Person], index: int) -> Iterator[Mention]:
    rng = np.random.default_rng([settings.seed, 701, index])
    start = settings.start + index * DAY
    in_outage = 0 <= (settings.day(index) - params.outage_start).days < params.outage_days
    count = int(rng.poisson(params.mentions_per_day * settings.scale * (params.outage_demand_factor if in_outage else 1.0)))
    uniform, normal = rng.random((count, 20)).tolist(), rng.normal(size=(count, 3)).tolist()
    for k, (u, z) in enumerate(zip(uniform, normal, strict=True)):
        person = persons[int(u[0] * len(persons))]
        is_customer = u[1] < 0.6 and person.joined_at <= start and not person.role_address and not person.canary
        begun = Begun((index * 1000 + k) * 10, start + int(u[2] * DAY), person if is_customer else None, in_outage)
        yield from _thread(params, begun, u, z)
    for n, person in enumerate(p for p in persons if p.canary):
        if index == 52 + 37 * n:
            own = np.random.default_rng([settings.seed, 702, person.index])
            u, z = own.random(20).tolist(), own.normal(size=3).tolist()
            yield from _thread(params, Begun((index * 1000 + 900) * 10, start + int(u[2] * DAY), person, in_outage=False), u, z)


def _thread(params: Params, begun: Begun, u: list[float], z: list[float]) -> Iterator[Mention]:
    """Yield a mention, the company's answer to it, and what others add."""
    key, at, person, in_outage = begun
    platform, stars = _platform(u[3])
    mood = (person.mood if person else 0.0) * 0.6 + z[0] - (1.1 if in_outage else 0.0)
    rating = max(1, min(5, round(3.6 + 1.1 * mood)))
    country = person.country if person else COUNTRIES[int(u[4] ** 1.6 * len(COUNTRIES))]
    reach = int(40 + 600 * u[5] ** 4 * (12 if platform in ("x", "linkedin") else 3))
    first = Mention(
        id=key,
        platform=platform,
        kind=REVIEW if stars else POST,
        parent=None,
        person=person,
        handle=_handle(person, u[6]),
        country=country.code,
        language=country.language,
        text=_words(person, rating, u, stars=stars),
        rating=rating if stars else None,
        reach=reach,
        likes=int(reach * 0.06 * u[7]),
        shares=int(reach * 0.01 * u[8]),
        at=at,
        may_hold_canary=person is not None and any(p.canary for p in person.account.persons),
        expects_reply=True,
    )
    if u[9] >= params.mention_unanswered_share:
        slow = 1.8 if in_outage else 1.0
        wait = params.mention_reply_median_minutes * slow * float(np.exp(params.mention_reply_log_sigma * z[1]))
        first.replied_at = at + max(int(60 * wait), 90)
    if u[10] < params.mention_deleted_share and not (person and person.canary):
        first.deleted_at = at + int((1 + 40 * u[11]) * DAY)
    yield first
    answer = replace(first, parent=key, person=None, rating=None, expects_reply=False, replied_at=None, deleted_at=None)
    if first.replied_at is not None:
        text = texts.pick(OWN_REPLIES, u[12]).format(first=person.first if person else first.handle)
        counts = {"reach": reach // 3, "likes": int(4 * u[13]), "shares": 0}
        own = {"country": "DE", "language": "en", "handle": OWN_HANDLE, "is_own": True}
        yield replace(answer, id=key + 1, kind=REPLY, text=text, at=first.replied_at, **counts, **own)
    if not stars and u[14] < 0.22:
        kind = SHARE if u[15] < 0.4 else REPLY
        text = first.text if kind == SHARE else texts.pick(ECHOES, u[17])
        later = {"at": at + int((0.1 + 2 * u[19]) * DAY), "handle": _handle(None, u[16])}
        yield replace(answer, id=key + 2, kind=kind, text=text, reach=reach // 2, likes=int(6 * u[18]), shares=0, **later)


def _platform(u: float) -> tuple[str, bool]:
    for name, share, stars in PLATFORMS:
        if u < share:
            return name, stars
        u -= share
    return PLATFORMS[-1][0], PLATFORMS[-1][2]


def _handle(person: Person | None, u: float) -> str:
    if person is None:
        return f"{texts.pick(NICKNAMES, u)}{int(u * 9000) % 900 + 10}"
    return f"{person.first.lower().replace(' ', '')}_{person.last.lower().replace(' ', '')[:4]}{person.index % 100}"


def _words(person: Person | None, rating: int, u: list[float], *, stars: bool) -> str:
    if person is None:
        words = texts.pick(ph.SURVEY_GOOD[:1] + ph.SURVEY_MID[:4] if rating > 2 else (ph.SURVEY_BAD[0], *ph.SURVEY_BAD[2:4]), u[12])
    else:
        words = texts.survey_comment(rating / 5, texts.context(person, None, "feedback", u[13]), u[12])
    if person is not None and person.canary:
        words += f" Ask for {person.name}, {person.phone}, or write to {person.email}."
    return words if stars else texts.pick(OPENINGS, u[11]) + words
