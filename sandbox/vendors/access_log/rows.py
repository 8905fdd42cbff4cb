"""Lines of the access log."""

from __future__ import annotations

from collections.abc import Iterator
from time import gmtime, strftime
from urllib.parse import quote

from sandbox.company.params import iso
from sandbox.company.web import EVENTS
from sandbox.company.world import World
from sandbox.store import Row
from sandbox.vendors.weblog import Step, address, browser, is_planted, referrer, shipped, steps

STYLE_SHEET = "/static/app.css"


def rows(world: World) -> Iterator[Row]:
    """Yield a line for each step that asks the server for something, and for each page its style sheet.

    Visits that were kept on an offline device never asked: they are not in it.
    """
    for step in steps(world):
        if step.received > step.at or step.action.kind in EVENTS:
            continue
        asked = [(step.action.path, 200 if (step.visit.id + step.number) % 61 else 404)]
        if step.action.kind == "search":
            asked = [(f"/search?q={quote(step.action.detail or '')}", 200)]
        if step.action.kind == "page" and not step.visit.is_bot:
            asked.append((STYLE_SHEET, 304 if step.number else 200))
        for place, (path, status) in enumerate(asked):
            key = f"{step.at:012d}-{step.visit.id:08d}-{step.number:02d}-{place}"
            body = {"month": iso(step.at)[:7], "line": _line(step, path, status)}
            yield Row("access_log.requests", key, shipped(step.received), body, is_planted(step.visit))


def _line(step: Step, path: str, status: int) -> str:
    when = strftime("%d/%b/%Y:%H:%M:%S +0000", gmtime(step.at))
    size = 2_000 + (step.visit.id * 37 + step.number * 911) % 60_000 if status == 200 else "-"
    before = (referrer(step) or "-").replace('"', "%22")
    return f'{address(step.visit)} - - [{when}] "GET {path} HTTP/1.1" {status} {size} "{before}" "{browser(step.visit)}"'
