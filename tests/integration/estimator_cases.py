"""Made-up cases whose numbers libraries of the field can compute too, and one metric an estimator over them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ESTIMATORS: dict[str, tuple[str, dict[str, Any]]] = {
    "t_share": ("share", {"name": "wilson", "numerator": "is_good"}),
    "t_share_of_accounts": ("share", {"name": "wilson", "numerator": "is_good", "cluster": "account_key"}),
    "t_share_alone": ("share", {"name": "wilson", "numerator": "is_good", "cluster": "case_key"}),
    "t_share_weighted": ("share", {"name": "wilson", "numerator": "is_good", "weight": "weight"}),
    "t_nps_of_accounts": ("points", {"name": "nps_adjusted_wald", "measure": "score", "cluster": "account_key"}),
    "t_nps_weighted": ("points", {"name": "nps_adjusted_wald", "measure": "score", "weight": "weight"}),
    "t_mean": ("score", {"name": "mean", "measure": "score"}),
    "t_mean_of_accounts": ("score", {"name": "mean", "measure": "score", "cluster": "account_key"}),
    "t_ratio": ("ratio", {"name": "ratio", "numerator": "cost", "denominator": "units"}),
    "t_ratio_of_accounts": ("ratio", {"name": "ratio", "numerator": "cost", "denominator": "units", "cluster": "account_key"}),
    "t_median": ("minutes", {"name": "quantile_order", "quantile": 0.5, "measure": "minutes"}),
    "t_median_of_accounts": ("minutes", {"name": "quantile_order", "quantile": 0.5, "measure": "minutes", "cluster": "account_key"}),
    "t_km_median": ("minutes", {"name": "km", "quantile": 0.5, "measure": "minutes", "event": "is_done"}),
    "t_km_p90": ("minutes", {"name": "km", "quantile": 0.9, "measure": "minutes", "event": "is_done"}),
    "t_km_within": ("share", {"name": "km_share", "within": 60, "measure": "minutes", "event": "is_done"}),
    "t_km_followed": (
        "minutes",
        {"name": "km", "quantile": 0.5, "measure": "open_minutes", "event": "is_done", "start": "started_at", "schedule": "schedule_id"},
    ),
    "t_km_days": ("days", {"name": "km", "quantile": 0.5, "measure": "days", "event": "is_done", "start": "started_at"}),
    "t_computed": ("money", {"name": "computed", "step": "trial"}),
}


def definitions(folder: Path) -> Path:
    """Write one metric an estimator over made-up cases."""
    (folder / "cases").mkdir()
    clock = {"relation": "fct_ticket_event", "column": "happened_at"}
    cases = {
        "cases": "tickets",
        "model": "fct_ticket",
        "entity": "tickets",
        "left_out": "Nothing.",
        "days": {"day": "its day"},
        "clock": clock,
    }
    (folder / "cases" / "tickets.yml").write_text(json.dumps(cases))
    for name, (unit, estimator) in ESTIMATORS.items():
        metric = {"metric": name, "version": 1, "title": name, "question": name, "cases": "tickets", "day": "day", "estimator": estimator}
        metric |= {"unit": unit, "scale": "any", "direction": "higher", "dimensions": ["country", "segment", "strategic"], "privacy_k": 5}
        metric |= {
            "lattice": [[], ["country"], ["segment", "country"], ["strategic"]],
            "precision_n": 30,
            "practical_minimum": 0,
            "owner": "cx",
        }
        (folder / f"{name}.yml").write_text(json.dumps(metric | {"decision": "None at all.", "definition": "A number to test with."}))
    return folder


def made_up(seed: int) -> pd.DataFrame:
    """Return cases of a few accounts whose answers hang together, some without an account, times of which a part is censored."""
    draw = np.random.default_rng(seed)
    count = 600
    account = draw.integers(0, 40, count)
    of_account = draw.normal(0, 1, 40)[account]
    started = pd.Timestamp("2026-01-01") + pd.to_timedelta(draw.uniform(0, 240_000, count), unit="min").floor("s")
    waited, left = draw.exponential(60, count), draw.exponential(150, count)
    cases = pd.DataFrame({"case_key": [f"c{number}" for number in range(count)], "started_at": started})
    cases["day"] = started.date
    cases["account_key"] = [None if draw.random() < 0.1 else f"a{number}" for number in account]
    cases["country"] = draw.choice(["DE", "FR"], count)
    cases["segment"] = draw.choice(["large", "small"], count)
    cases["score"] = np.clip(np.round(7.5 + 1.5 * of_account + draw.normal(0, 1.5, count)), 0, 10)
    cases["strategic"] = draw.choice(["yes", "no"], count, p=[0.3, 0.7])
    cases["is_good"] = of_account + draw.normal(0, 1, count) + 0.8 * (cases["strategic"] == "yes") > 0.2
    cases["weight"] = draw.uniform(0.2, 3, count)
    cases["units"] = draw.integers(1, 20, count).astype(float)
    cases["cost"] = cases["units"] * (3 + of_account) + draw.normal(0, 2, count)
    cases["minutes"] = np.round(np.minimum(waited, left), 3)
    cases["is_done"] = waited <= left
    # done after days, or never seen to be: then there is no measure
    cases["days"] = np.where(cases["is_done"], np.round(waited / 6, 3), np.nan)
    cases["open_minutes"] = cases["days"] * 1440 / 3
    cases["schedule_id"] = "night"
    return cases
