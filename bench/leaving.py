"""How much sooner customers leave after a bad experience, in the company as it is."""

from __future__ import annotations

import numpy as np

from sandbox.company.history import SEGMENT_CHURN
from sandbox.company.params import DAY, HISTORY_START
from sandbox.company.tickets import Ticket
from sandbox.company.world import World


def leaving_ratio(world: World) -> float:
    """Return the ratio of hazards that months after a visible bad experience should show to others, alike in segment.

    A bad experience of which only the customer knows (a bad feeling that nobody asked about) counts among the others and dulls the ratio.
    Mantel and Haenszel's ratio of the hazards that the company really has, month by month of each account.
    """
    params, window = world.params, world.params.bad_experience_window_days * DAY
    felt: dict[int, list[int]] = {}
    seen: dict[int, list[int]] = {}
    for ticket in world.tickets:
        if ticket.person and ticket.solved_at and ticket.is_bad_experience:
            felt.setdefault(ticket.person.account.index, []).append(ticket.solved_at)
            if ticket.merged_into is None and ticket.deleted_at is None and _is_visible(ticket):
                seen.setdefault(ticket.person.account.index, []).append(ticket.solved_at)
    sums = {segment: np.zeros((2, 2)) for segment in SEGMENT_CHURN}  # exposed or not: expected losses, months
    first = np.datetime64(HISTORY_START, "M")
    starts = np.arange(first, np.datetime64(world.settings.clock, "M")).astype("datetime64[s]").astype(int).tolist()
    for account in world.accounts:
        for start in starts:
            if account.joined_at > start or (account.churned_at is not None and account.churned_at < start):
                continue
            is_bad, is_seen = (any(start - window < at <= start for at in found.get(account.index, ())) for found in (felt, seen))
            hazard = params.churn_base_monthly * SEGMENT_CHURN[account.segment]
            hazard *= params.churn_hazard_ratio_bad_experience if is_bad else 1.0
            sums[account.segment][int(is_seen)] += (hazard if account.joined_at <= start - 60 * DAY else 0.0, 1)
    above = sum(lost[0] * plain[1] / (lost[1] + plain[1]) for plain, lost in sums.values() if lost[1] + plain[1])
    below = sum(plain[0] * lost[1] / (lost[1] + plain[1]) for plain, lost in sums.values() if lost[1] + plain[1])
    return float(above / below)


def _is_visible(ticket: Ticket) -> bool:
    waited = (ticket.replied_at or ticket.created_at) - ticket.created_at
    return waited > 36 * 3600 or (ticket.rating is not None and ticket.rating.answered_at is not None)
