"""Reference values as files of the inbox: answers, invitations, accounts with their revenue, and visits that have them."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

from rapport.declarations import load_sources
from rapport.home import Home

SCORES = (10, 8, 3)  # a promoter's, a passive's, a detractor's
WORST = {"AT": (0, 2, 7, 8, 9, 10, 10), "DE": (2, 2, 5, 6, 8, 9, 9, 10)}


def vectors() -> dict[str, Any]:
    folder = os.environ.get("RAPPORT_SHARED")
    assert folder, "set RAPPORT_SHARED to the folder that holds golden/metric_vectors.json"
    loaded: dict[str, Any] = json.loads((Path(folder) / "golden" / "metric_vectors.json").read_text())
    return loaded


class Answers:
    """Files of survey answers and invitations in the inbox's layout."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.invited: list[dict[str, Any]] = []

    def add(self, survey: str, day: str, counts: list[int], scores: tuple[int, ...], **fixed: Any) -> None:
        """Put down `counts[i]` answers of `scores[i]`."""
        for count, score in zip(counts, scores, strict=True):
            for _ in range(count):
                moment = f"{day}T10:00:00Z"
                row = {"id": len(self.rows), "survey_id": survey, "survey_name": survey, "score": score}
                self.rows.append(row | {"answered_at": moment, "updated_at": moment} | fixed)

    def nps(self, survey: str, day: str, counts: list[int]) -> None:
        """Put down promoters, passives and detractors of a relationship survey."""
        self.add(survey, day, counts, SCORES, measure="nps", survey_type="relationship", scale_min=0, scale_max=10)

    def asked(self, survey: str, day: str, country: str, asked: int, counts: list[int]) -> None:
        """Put down `asked` invitations, the first of which led to as many answers of promoters, passives and detractors."""
        told = {"survey_id": survey, "survey_name": survey, "survey_type": "relationship", "country": country}
        scores = [score for count, score in zip(counts, SCORES, strict=True) for _ in range(count)]
        for number in range(asked):
            row = told | {"id": len(self.invited), "invited_at": f"{day}T08:00:00Z", "updated_at": f"{day}T08:00:00Z"}
            if number < len(scores):
                response = f"r-{len(self.invited)}"
                row |= {"response_id": response, "delivery_status": "finished"}
                self.add(survey, day, [1], (scores[number],), measure="nps", scale_min=0, scale_max=10, response_id=response, **told)
            self.invited.append({"delivery_status": "sent"} | row)


def books(golden: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return accounts and two years of their revenue that have the vectors' retention, margin, net retention and earned new customers.

    Ten accounts pay 100 a month. In June 2025 so many leave that `retention` is left, and the first one grows until the revenue of all is
    `nrr` of what it was. From January 2025 one more, who came by recommendation, brings `enc` of the 12,000 of the year before.
    """
    clv, growth = golden["clv"][0], golden["earned_growth"][0]
    leavers = round(10 * (1 - clv["retention"]))
    grown = 1000 * growth["nrr"] - 100 * (10 - leavers)
    stamp = {"updated_at": "2026-01-15T08:00:00Z"}
    accounts = [
        {"id": f"a{number}", "acquisition_reason": "Recommended by a customer" if number == 10 else ""} | stamp for number in range(11)
    ]
    rows = []
    for number in range(11):
        for month in range(12 if number == 10 else 0, 24):
            gone, is_june = number in range(1, 1 + leavers) and month >= 17, month == 17
            if gone and not is_june:
                continue
            recurring = growth["enc"] * 1000 if number == 10 else 0 if gone else 100 + (grown if number == 0 and month >= 17 else 0)
            row = {"id": f"a{number} {month}", "account_id": f"a{number}", "month": f"{2024 + month // 12}-{month % 12 + 1:02}-01"}
            row |= {"revenue": recurring, "recurring_revenue": recurring, "churned": 100 if gone else 0, "contraction": 0}
            row |= {"expansion": grown if number == 0 and is_june else 0, "margin": clv["margin"] if month % 12 == 11 else 0}
            rows.append(row | stamp)
    return {"accounts": accounts, "account_revenue": rows}


def visits(golden: dict[str, Any]) -> list[dict[str, Any]]:
    """Return visits of the week of 4 May 2026, and of the week before by those who return in it."""
    vector, found = golden["wom_coefficient"][0], []
    kinds = [("organic", "direct"), ("returning", "search"), ("other", "search")]
    for (kind, way), count in zip(kinds, (vector["new_organic"], vector["returning"], vector["new_non_organic"]), strict=True):
        for number in range(count):
            for day in ("2026-04-29", "2026-05-06") if kind == "returning" else ("2026-05-06",):
                one = {"id": f"{kind} {number} {day}", "session_id": f"{kind} {number} {day}", "visitor": f"{kind} {number}"}
                moment = f"{day}T10:00:00Z"
                found.append(one | {"event_type": "page_view", "referrer_type": way, "happened_at": moment, "updated_at": moment})
    return found


def surveys(golden: dict[str, Any]) -> Answers:
    """Return the answers and invitations of the vectors, a survey each."""
    answers = Answers()
    for number, vector in enumerate(golden["nps"]):
        answers.nps(f"nps {number}", "2026-05-12", [vector["promoters"], vector["passives"], vector["detractors"]])
    for number, vector in enumerate(golden["nps_change"]):
        answers.nps(f"change {number}", "2026-03-10", vector["before"])
        answers.nps(f"change {number}", "2026-04-14", vector["after"])
    for number, vector in enumerate(golden["wilson"]):
        counts = [vector["successes"], vector["n"] - vector["successes"]]
        answers.add(f"share {number}", "2026-05-12", counts, (5, 2), measure="csat", survey_type="transactional", scale_min=1, scale_max=5)
    for number, vector in enumerate(golden["nonresponse_bounds"]):
        answers.asked(f"bounds {number}", "2026-03-10", "DE", round(100 / vector["response_rate"]), [50, 30, 20])
    for country, scores in WORST.items():
        for score in scores:
            told = {"measure": "nps", "survey_type": "relationship", "scale_min": 0, "scale_max": 10, "country": country}
            answers.add("worst", "2026-05-12", [1], (score,), **told)
    for number, vector in enumerate(golden["r_indicator"]):
        for country, share in zip(("AT", "DE", "ES", "FR"), vector["propensity"], strict=True):
            answers.asked(f"fair {number}", "2026-03-10", country, 200, [0, round(200 * share), 0])
    return answers


def put(home: Home, source: str, stream: str, rows: list[dict[str, Any]]) -> None:
    """Write rows into the inbox, with every declared column."""
    folder = home.dir("inbox") / stream
    folder.mkdir()
    with (folder / "vectors.csv").open("w", newline="") as handle:
        declared = [field.name for field in load_sources(home.sources_dir)[source].streams[stream].fields]
        out = csv.DictWriter(handle, declared, restval="", extrasaction="ignore")
        out.writeheader()
        out.writerows(rows)
