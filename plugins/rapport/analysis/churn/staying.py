"""How long customers stay: retention curves, and retention by thirds of experience."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from rapport.analysis.step import SEED

FEWEST = 30  # customers whose experience is known: below it thirds are handfuls
SMALLEST = 5  # customers under observation: below it a curve ends
DRAWS = 500
THIRDS = ("worst third", "middle third", "best third")
NOT_HEARD, DIFFERENCE = "not heard", "best less worst"


def spells(months: pd.DataFrame) -> pd.DataFrame:
    """Return one row a customer: months it was seen to stay (`duration`), `is_lost`, `segment`, `strategic`, `cohort`.

    Args:
        months: rows of account-months with `account_key`, `number` (of the month, from 0), `month`, `is_customer_before`, `is_customer`,
            `is_lost`, `segment`, `strategic`. The clock of a customer starts when the books first show it; a return is not followed.
    """
    rows = months[months["is_customer_before"] | months["is_customer"]].sort_values(["account_key", "number"])
    first = rows.groupby("account_key").first()
    left = rows[rows["is_lost"]].groupby("account_key")["number"].first()
    found = pd.DataFrame({"begun": first["number"], "segment": first["segment"], "strategic": first["strategic"]})
    found["is_lost"] = found.index.isin(left.index)
    ended = left.reindex(found.index).fillna(months["number"].max())
    found["duration"] = (ended - found["begun"] + first["is_customer_before"].astype(int)).astype(int)
    quarter = pd.to_datetime(first["month"]).dt.to_period("Q").astype(str)
    found["cohort"] = np.where(first["is_customer_before"], "before " + quarter, quarter)
    return found


def curves(customers: pd.DataFrame) -> pd.DataFrame:
    """Return Kaplan-Meier curves of all customers and by segment, strategic and cohort, with the interval on the log-log scale."""
    from lifelines import KaplanMeierFitter
    from statsmodels.stats.proportion import proportion_confint

    parts = []
    for dimension in ("all", "segment", "strategic", "cohort"):
        groups = [("all", customers)] if dimension == "all" else sorted(customers.groupby(dimension), key=lambda pair: str(pair[0]))
        for member, rows in groups:
            if len(rows) < SMALLEST:
                continue
            fitter = KaplanMeierFitter().fit(rows["duration"], rows["is_lost"])
            table = fitter.event_table.join(fitter.survival_function_.iloc[:, 0].rename("retained"))
            bounds = fitter.confidence_interval_
            table = table.assign(low=bounds.iloc[:, 0], high=bounds.iloc[:, 1]).reset_index(names="month_number")
            kept = table[table["at_risk"] >= SMALLEST]
            parts.append(kept.assign(dimension=dimension, member=str(member)))
    names = ["dimension", "member", "month_number", "at_risk", "lost", "retained", "low", "high"]
    if not parts:
        return pd.DataFrame(columns=names)
    whole = pd.concat(parts, ignore_index=True).rename(columns={"observed": "lost"})[names]
    # as long as nobody has left the curve has no error of its own: Wilson's bound says how little so few show
    none_left = (whole["retained"] == 1) & (whole["month_number"] > 0)
    whole.loc[none_left, "low"] = proportion_confint(whole["at_risk"], whole["at_risk"], method="wilson")[0][none_left]
    whole[["low", "high"]] = whole[["low", "high"]].fillna(1.0)
    return whole.astype({"month_number": int, "at_risk": int, "lost": int})


def thirds(customers: pd.DataFrame) -> pd.DataFrame:
    """Return retention and revenue kept by third of experience, those not heard beside them, and the difference of the outer two.

    Args:
        customers: a row a customer at the beginning: `account_key`, `experience` (0 to 1, missing if it said nothing), `is_kept`,
            `before` and `after` (recurring revenue).

    Returns:
        No rows if fewer than 30 customers said anything. Shares have Wilson's interval, their difference Newcombe's (R. G. Newcombe
        (1998), Interval estimation for the difference between independent proportions, Statistics in Medicine 17); revenue kept has a
        bootstrap's.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

    heard = customers.dropna(subset=["experience"]).sort_values(["experience", "account_key"])
    if len(heard) < FEWEST:
        return pd.DataFrame()
    third = pd.Series((np.arange(len(heard)) * 3) // len(heard), index=heard.index).map(dict(enumerate(THIRDS)))
    placed = customers.assign(third=third.reindex(customers.index).fillna(NOT_HEARD))
    rng = np.random.default_rng(SEED)
    found: dict[str, dict[str, Any]] = {}
    for name in (*THIRDS, NOT_HEARD):
        rows = placed[placed["third"] == name]
        if len(rows) < SMALLEST:
            continue
        kept = int(rows["is_kept"].sum())
        low, high = proportion_confint(kept, len(rows), method="wilson")
        revenue, revenue_low, revenue_high = _kept_revenue(rows["before"].to_numpy(float), rows["after"].to_numpy(float), rng)
        found[name] = {
            "third": name,
            "experience": rows["experience"].mean(),
            "accounts": len(rows),
            "kept": kept,
            "retention": kept / len(rows),
            "low": low,
            "high": high,
            "revenue_kept": revenue,
            "revenue_low": revenue_low,
            "revenue_high": revenue_high,
        }
    best, worst = found[THIRDS[2]], found[THIRDS[0]]
    low, high = confint_proportions_2indep(
        best["kept"], best["accounts"], worst["kept"], worst["accounts"], compare="diff", method="newcomb"
    )
    difference = {
        "third": DIFFERENCE,
        "experience": best["experience"] - worst["experience"],
        "accounts": best["accounts"] + worst["accounts"],
        "retention": best["retention"] - worst["retention"],
        "low": low,
        "high": high,
    }
    return pd.DataFrame([*found.values(), difference]).astype({"accounts": "Int64", "kept": "Int64"})


def _kept_revenue(before: Any, after: Any, rng: np.random.Generator) -> tuple[float, float, float]:
    drawn = rng.multinomial(len(before), np.full(len(before), 1 / len(before)), size=DRAWS)
    ratios = (drawn @ after) / (drawn @ before)
    low, high = np.nanpercentile(ratios, [2.5, 97.5])
    return float(after.sum() / before.sum()), float(low), float(high)
