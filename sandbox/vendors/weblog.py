"""What web servers and trackers see of the company's visits: single steps, in the order in which they reach them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sandbox.company.params import DAY
from sandbox.company.web import BOTS, Action, Visit
from sandbox.company.world import World

SITE = "https://www.haldenmark-grid.com"
# A day's visits begin up to five hours before it, in the zones where it begins earlier.
ZONE_SECONDS = 6 * 3600
BROWSERS = {
    "desktop": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
    "smartphone": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148",
    "tablet": "Mozilla/5.0 (Linux; Android 15; Tablet) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
}
MACHINES = {name: f"Mozilla/5.0 (compatible; {name}/2.1; +http://www.{name.lower()}.example/bot.html)" for name in BOTS}


class Step(NamedTuple):
    """One step of a visit as it is received: `at` is when it happened, `received` when it came, `number` its place in the visit."""

    visit: Visit
    action: Action
    number: int
    at: int
    received: int


def shipped(received: int) -> int:
    """Return when a step is in the files: they are brought over each midnight, with what came until six hours before it."""
    return (received + ZONE_SECONDS) // DAY * DAY + DAY


def steps(world: World) -> Iterator[Step]:
    """Yield every step that the files hold by now, in order of reception."""
    found = []
    for visit in world.visits:
        delay = visit.visible_at - visit.started_at
        for number, action in enumerate(visit.actions):
            if shipped(action.at + delay) <= world.now:
                found.append(Step(visit, action, number, action.at, action.at + delay))
    return iter(sorted(found, key=lambda step: (step.received, step.visit.id, step.number)))


def address(visit: Visit) -> str:
    """Return the address a visit came from."""
    return f"192.0.{visit.visitor % 256}.{visit.visitor // 256 % 250 + 1}"


def browser(visit: Visit) -> str:
    """Return how the browser, or the machine, names itself."""
    return MACHINES[BOTS[visit.id % len(BOTS)]] if visit.is_bot else BROWSERS[visit.device]


def referrer(step: Step) -> str | None:
    """Return the address of the page before."""
    if step.number:
        return SITE + step.visit.actions[step.number - 1].path
    kind, name = step.visit.referrer
    told = {
        "search": f"https://www.{(name or '').lower()}.com/",
        "website": f"https://{name}/thread/7",
        "social": "https://www.linkedin.com/",
    }
    return told.get(kind)


def is_planted(visit: Visit) -> bool:
    """Say whether a planted person's data stands in the visit."""
    return visit.person is not None and visit.person.canary
