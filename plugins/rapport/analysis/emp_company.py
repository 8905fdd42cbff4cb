"""What no sums over blocks give, for the whole company only: reliability of the survey, tenure, retention over the first year."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from rapport.analysis.emp_people import RECORDS, SURVEY
from rapport.analysis.step import Work

if TYPE_CHECKING:
    import pandas as pd

_FEWEST = 20
_YEAR = 365
_Z = 1.959963984540054


def reliability(period: Any, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return Cronbach's alpha of the items of a cycle over those who answered all of them, with Feldt's interval; nothing below 20 people.

    Feldt (1965): (1 - alpha) / (1 - true alpha) follows F with n-1 and (n-1)(p-1) degrees of freedom.
    """
    from scipy.stats import f

    items = rows[rows["is_answer"] & (rows["item"] != "nps")]
    answers = items.pivot_table(index="person", columns="item", values="score").dropna()
    n, p = answers.shape
    spread = float(answers.sum(axis=1).var()) if n >= _FEWEST and p >= 2 else 0.0
    if spread == 0:
        return []
    alpha = p / (p - 1) * (1 - float(answers.var().sum()) / spread)
    bounds = [1 - (1 - alpha) * float(f.ppf(q, n - 1, (n - 1) * (p - 1))) for q in (0.975, 0.025)]
    return [_row((SURVEY, period, "alpha"), (alpha, *bounds), n, "Feldt 95 %")]


def staying(work: Work, period: Any) -> list[dict[str, Any]]:
    """Return median tenure at the end of a quarter, and the share still employed after a year; nothing below 20 people."""
    employees = work.frame(
        """
        select employees.hired_on, employees.left_on, present.records_from,
            cast(cast(%(period)s as date) + interval '3 months' as date) - 1 as last_day
        from core_ex.dim_employee as employees
        cross join intermediate.int_people__present as present
        where employees.is_current and employees.is_counted and employees.hired_on is not null
            and employees.hired_on < cast(%(period)s as date) + interval '3 months'
        """,
        {"period": period},
    )
    if employees.empty:
        return []
    last = employees["last_day"].iloc[0]
    days = [
        (last - hired).days for hired, left in zip(employees["hired_on"], employees["left_on"], strict=True) if left is None or left > last
    ]
    found = [] if len(days) < _FEWEST else [_row((RECORDS, period, "tenure"), _median(days), len(days), "order statistics 95 %")]
    return found + _first_year(period, employees, last)


def _median(days: list[int]) -> tuple[float, float, float]:
    years, n = sorted(day / 365.25 for day in days), len(days)
    half = _Z * math.sqrt(n) / 2
    low, high = max(math.floor(n / 2 - half), 1), min(math.ceil(n / 2 + half) + 1, n)
    return (years[(n - 1) // 2] + years[n // 2]) / 2, years[low - 1], years[high - 1]


def _first_year(period: Any, employees: pd.DataFrame, last: Any) -> list[dict[str, Any]]:
    """Kaplan-Meier from the first day of employment; whoever was hired before records begin enters at the tenure held then."""
    from lifelines import KaplanMeierFitter

    begin = employees["records_from"].iloc[0]
    seen = [
        (max((begin - hired).days, 0), (min(left or last, last) - hired).days, left is not None and left <= last)
        for hired, left in zip(employees["hired_on"], employees["left_on"], strict=True)
        if left is None or left > begin
    ]
    first_year = [(entry, min(end, _YEAR), gone and end <= _YEAR) for entry, end, gone in seen if entry < min(end, _YEAR)]
    if len(first_year) < _FEWEST or not any(end == _YEAR for _, end, _ in first_year):
        return []
    entries, ends, events = zip(*first_year, strict=True)
    fitted = KaplanMeierFitter().fit(ends, events, entry=entries, timeline=range(_YEAR + 1))
    low, high = (float(value) for value in fitted.confidence_interval_.iloc[-1])
    estimate = (float(fitted.survival_function_.iloc[-1, 0]), low, high)
    return [_row((RECORDS, period, "retention_365"), estimate, len(first_year), "Kaplan-Meier 95 %")]


def _row(place: tuple[str, Any, str], estimate: tuple[float, float, float], people: int, method: str) -> dict[str, Any]:
    (population, period, item), (value, low, high) = place, estimate
    head = {"population": population, "period_start": period, "item": item, "people": people, "ci_method": method}
    return head | {"value": value, "low": low, "high": high}
