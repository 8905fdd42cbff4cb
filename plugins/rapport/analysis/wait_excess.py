"""How much longer those wait who come when nobody is there: a difference of two medians."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rapport.analysis.step import SEED, Outcome, Step, Work

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

METRIC = "wait_excess_uncovered"
DRAWS = 1_000
FEWEST = 5  # on either side: below it a median says nothing of anybody
_ANSWERED = """
    select created_day, is_covered, first_reply_calendar_minutes as minutes, coalesce(cut_account_key, ticket_key) as account
    from core.fct_ticket
    where is_valid and first_reply_calendar_minutes is not null and created_day is not null
    order by ticket_key
"""


def excess(minutes: np.ndarray, is_covered: np.ndarray, account: np.ndarray, *, draws: int = DRAWS) -> tuple[float, float, float]:
    """Return the median wait of the uncovered less that of the covered, and the low and high of its 95 % interval.

    Args:
        minutes: wait for the first reply, one a ticket.
        is_covered: whether the schedule was open when it began.
        account: integer code of its account, from 0. Percentile bootstrap over accounts, whose tickets come together
            (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13); the seed is fixed.
        draws: resamples.
    """
    import numpy as np

    def difference(weights: np.ndarray) -> float:
        return _median(minutes[~is_covered], weights[~is_covered]) - _median(minutes[is_covered], weights[is_covered])

    rng = np.random.default_rng(SEED)
    size = int(account.max()) + 1
    order = np.argsort(minutes, kind="stable")
    minutes, is_covered, account = minutes[order], is_covered[order], account[order]
    drawn = rng.multinomial(size, np.full(size, 1 / size), size=draws)
    found = np.array([difference(row[account]) for row in drawn])
    low, high = np.nanpercentile(found, [2.5, 97.5])
    return difference(np.ones(len(minutes), dtype=int)), float(low), float(high)


def _median(ascending: np.ndarray, weights: np.ndarray) -> float:
    """Return the median of values that stand in order and count several times each; not a number without any."""
    import numpy as np

    ends = np.cumsum(weights)
    if not len(ends) or ends[-1] == 0:
        return float("nan")
    total = int(ends[-1])
    middle = [ascending[np.searchsorted(ends, rank, side="left")] for rank in ((total + 1) // 2, total // 2 + 1)]
    return float(sum(middle) / 2)


def _cell(tickets: pd.DataFrame, grain: str, period: Any) -> dict[str, Any]:
    sides = tickets["is_covered"].value_counts()
    cell: dict[str, Any] = {"metric": METRIC, "grain": grain, "period_start": period.start_time.date(), "n": len(tickets)}
    if min(sides.get(True, 0), sides.get(False, 0)) < FEWEST:
        return cell | {"refused_reason": f"fewer than {FEWEST} answered on one side"}
    value, low, high = excess(
        tickets["minutes"].to_numpy(dtype=float),
        tickets["is_covered"].to_numpy(dtype=bool),
        tickets["account"].astype("category").cat.codes.to_numpy(),
    )
    return cell | {"value": value, "centre": value, "low": low, "high": high, "ci_method": "bootstrap by account"}


def run(work: Work) -> Outcome:
    """Compute every month and quarter that has answered tickets."""
    import pandas as pd

    tickets = work.frame(_ANSWERED)
    if tickets.empty:
        return Outcome(refused="no ticket was answered")
    days = pd.to_datetime(tickets["created_day"])
    cells = [
        _cell(rows, grain, period)
        for grain, letter in (("month", "M"), ("quarter", "Q"))
        for period, rows in tickets.groupby(days.dt.to_period(letter), sort=True)
    ]
    return Outcome(estimates=pd.DataFrame(cells))


STEP = Step("wait_excess", 1, ("core.fct_ticket",), (), run)
