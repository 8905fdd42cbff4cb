"""What visitors do with content: forms before it (gates), whether a help page helped, and prospects who give their address for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sandbox.company.crm import Lead
from sandbox.company.params import Params, Settings
from sandbox.company.web import REFERRERS, Action, Visit

FORM = ("/forms/security-whitepaper", "Security white paper")
# Assets behind the form, and how often each is what the visitor wants.
ASSETS = (
    ("/files/security-whitepaper.pdf", "Security white paper", 0.45),
    ("/files/switching-guide.pdf", "Guide to switching", 0.35),
    ("/files/price-list.pdf", "Price list", 0.20),
)
BEFORE = (("/products/grid-flex", "Grid Flex"), ("/products/solar-connect", "Solar Connect"), ("/about", "About us"))
LEAD_VISITS = 50_000_000  # ids of visits in which a prospect gave an address begin here
LEAD_VISITORS = 5_000_000


def with_content(settings: Settings, params: Params, visits: list[Visit], leads: list[Lead]) -> list[Visit]:
    """Return the visits with gates and votes behind their other steps, and a visit for each prospect who came by the website.

    The draws are of a stream of their own, one row a visit: those of the visits themselves stay as they are.
    """
    highest = max((visit.id for visit in visits), default=0)
    draws = np.random.default_rng([settings.seed, 503]).random((highest, 7))
    for visit in visits:
        if visit.is_bot or (visit.person is not None and visit.person.canary):
            continue
        u = draws[visit.id - 1].tolist()
        _vote(visit, params, u)
        if not visit.is_logged_in and u[2] < params.gate_view_share:
            _gate(visit, params, u)
    return visits + [visit for lead in leads if lead.source == "Web" and (visit := _of(lead, settings)).visible_at <= settings.now]


def _vote(visit: Visit, params: Params, u: list[float]) -> None:
    page = next((action for action in visit.actions if action.kind == "page" and action.path.startswith("/help/")), None)
    if page is not None and u[0] < params.helpful_vote_share:
        kind = "helpful_yes" if u[1] < params.helpful_yes_share else "helpful_no"
        visit.actions.append(Action(kind, visit.actions[-1].at + 6, page.path, page.title, page.path))


def _gate(visit: Visit, params: Params, u: list[float]) -> None:
    """A form is seen and sent, or left: at once, or for another page."""
    at = visit.actions[-1].at + 15
    asset, title = _asset(u[3])
    visit.actions += [Action("page", at, *FORM), Action("gate_view", at + 1, FORM[0], FORM[1], asset)]
    if u[4] < params.gate_submit_share:
        visit.actions += [
            Action("gate_submit", at + 40, FORM[0], FORM[1], asset),
            Action("download", at + 46, asset, title),
        ]
    elif u[5] >= params.gate_leave_share:
        visit.actions.append(Action("page", at + 35 + int(60 * u[6]), "/products/grid-flex", "Grid Flex"))


def _asset(u: float) -> tuple[str, str]:
    for path, title, share in ASSETS:
        u -= share
        if u < 0:
            return path, title
    return ASSETS[-1][:2]


def _of(lead: Lead, settings: Settings) -> Visit:
    """Return the visit in which a prospect gave an address: what the form is told is what CRM then knows."""
    u = np.random.default_rng([settings.seed, 504, lead.index]).random(4).tolist()
    asset, title = _asset(u[0])
    begun = max(lead.at - 300, settings.start)
    pages = BEFORE[: 1 + int(3 * u[1])]
    actions = [Action("page", begun + 40 * number, *page) for number, page in enumerate(pages)]
    actions += [
        Action("page", begun + 200, *FORM),
        Action("gate_view", begun + 201, FORM[0], FORM[1], asset),
        Action("gate_submit", begun + 290, FORM[0], FORM[1], asset),
        Action("download", begun + 296, asset, title),
    ]
    return Visit(
        id=LEAD_VISITS + lead.index,
        person=replace(lead.like, email=lead.email),
        visitor=LEAD_VISITORS + lead.index,
        is_logged_in=True,
        is_bot=False,
        has_consent=True,
        country=lead.like.country.code,
        referrer=REFERRERS[int(u[2] * len(REFERRERS))],
        device="desktop" if u[3] < 0.7 else "smartphone",
        started_at=begun,
        visible_at=begun,
        visit_count=1,
        actions=actions,
    )
