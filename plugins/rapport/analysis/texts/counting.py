"""What the labels of all texts say: persons with a pain or gain, net mood, and the share that some topic explains."""

from __future__ import annotations

from typing import Any

import pandas as pd

from rapport.analysis.step import Work
from rapport.analysis.texts import error
from rapport.analysis.texts.mood import NEGATIVE, POSITIVE

FEWEST = 10  # persons behind anything that is said about texts
# Who wrote a text, when, and how much effort the same response says it was (8 - CES: 7 is the most).
_ABOUT = """
    select 'survey_answer' as text_kind, a.source, a.source_id, a.answered_day as day,
        coalesce(a.person_key, a.survey_response_key, a.survey_answer_key) as person, e.effort
    from core.fct_survey_answer as a
    left join (
        select survey_response_key, 8 - max(score) as effort from core.fct_survey_answer
        where measure = 'ces' and scale_max = 7 and is_valid and score is not null group by survey_response_key
    ) as e on a.survey_response_key = e.survey_response_key
    where a.is_valid and a.comment_redacted is not null and a.answered_day is not null
    union all
    select 'ticket_comment', v.source, v.source_id, cast(v.happened_at as date), coalesce(t.person_key, t.ticket_key), null
    from core.fct_ticket_event as v inner join core.fct_ticket as t on v.ticket_key = t.ticket_key and t.is_valid
    where v.event_type = 'comment' and v.actor_type = 'requester' and v.is_public and v.comment_redacted is not null
"""
_KEY = ["text_kind", "source", "source_id"]


def counted(work: Work, labels: pd.DataFrame, coded: pd.DataFrame, known: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the pains and gains a quarter, and the estimates a month and a quarter.

    Args:
        work: gives the texts' keys, and the labels that are kept.
        labels: new labels, which take the place of kept ones with their key.
        coded: the topics of the same texts.
        known: the error of the moods, by `error.measured`.
    """
    about = work.frame(_ABOUT)
    kept = work.frame("select text_kind, source, source_id, language, mood, topics from analysis.text_label")
    of_kept = work.frame("select text_kind, source, source_id, topic, kind from analysis.text_topic")
    moods = about.merge(_newest(kept, labels, labels)[[*_KEY, "language", "mood", "topics"]], on=_KEY)
    named = about.merge(_newest(of_kept, coded, labels), on=_KEY)
    rows: list[dict[str, Any]] = []
    pains: list[dict[str, Any]] = []
    for grain, frequency in (("month", "M"), ("quarter", "Q")):
        named["period"] = pd.PeriodIndex(pd.to_datetime(named["day"]), freq=frequency)
        moods["period"] = pd.PeriodIndex(pd.to_datetime(moods["day"]), freq=frequency)
        for period, texts in moods.groupby("period"):
            place = {"grain": grain, "period_start": period.start_time.date()}
            of_period = named[named["period"] == period]
            persons = int(of_period["person"].nunique())
            if persons < FEWEST:
                continue
            rows += [{**place, **row} for row in (_net(texts, known), _share("coded_share", int((texts["topics"] > 0).sum()), len(texts)))]
            for kind, metric in (("pain", "pain_rate"), ("gain", "gain_rate")):
                of_kind = of_period[of_period["kind"] == kind]
                rows.append({**place, **_share(metric, int(of_kind["person"].nunique()), persons)})
                for topic, said in of_kind.groupby("topic"):
                    who = int(said["person"].nunique())
                    if who < FEWEST:
                        continue
                    rate = _share(metric, who, persons) | {"item": topic}
                    rows.append({**place, **rate})
                    efforts = pd.to_numeric(said["effort"]).dropna()
                    effort = float(efforts.median()) if len(efforts) >= FEWEST else None
                    if grain == "quarter":
                        pains.append(
                            {"period_start": place["period_start"], "topic": topic, "kind": kind, "texts": len(said), "persons": who}
                            | {"of_persons": persons, "share": rate["value"], "share_low": rate["low"], "share_high": rate["high"]}
                            | {"median_effort": effort}
                        )
    names = ["period_start", "topic", "kind", "texts", "persons", "of_persons", "share", "share_low", "share_high", "median_effort"]
    return pd.DataFrame(pains, columns=names), pd.DataFrame(rows)


def _newest(kept: pd.DataFrame, new: pd.DataFrame, replaced: pd.DataFrame) -> pd.DataFrame:
    """Return what is kept, without the texts that have new labels, and what is new."""
    if kept.empty or replaced.empty:
        return new if kept.empty else kept
    marked = kept.merge(replaced[_KEY], on=_KEY, how="left", indicator=True)
    return pd.concat([marked[marked["_merge"] == "left_only"].drop(columns="_merge"), new], ignore_index=True)


def _share(metric: str, hits: int, of: int) -> dict[str, Any]:
    from statsmodels.stats.proportion import proportion_confint

    low, high = (float(edge) for edge in proportion_confint(hits, of, method="wilson"))
    centre = (low + high) / 2
    return {
        "metric": metric,
        "value": hits / of,
        "centre": centre,
        "low": low,
        "high": high,
        "n": of,
        "n_eligible": of,
        "ci_method": "Wilson",
    }


def _net(texts: pd.DataFrame, known: pd.DataFrame) -> dict[str, Any]:
    """Return positive minus negative texts in points, mended by the measured error.

    Only answers in words count, and only in a language whose error is measured: the labelled texts are of that kind, and the polite
    words of a request for help would be taken for a good mood.
    """
    texts = texts[texts["text_kind"] == "survey_answer"]
    errors = {(row.language, row.mood): row for row in known.itertuples()}
    of_known = texts[texts["language"].isin({language for language, _ in errors})]
    row = {"metric": "net_sentiment", "n": len(of_known), "n_eligible": len(texts)}
    if len(of_known) < FEWEST:
        return row | {"refused_reason": f"fewer than {FEWEST} answers in words in a language whose error is measured"}
    found = []
    for language, same in of_known.groupby("language"):
        both = []
        for feeling in (POSITIVE, NEGATIVE):
            wrong = errors[language, feeling]
            one = error.mended(
                float((same["mood"] == feeling).mean()), len(same), (wrong.sensitivity, wrong.n_with), (wrong.specificity, wrong.n_without)
            )
            both.append(one)
        if both[0] is None or both[1] is None:
            return row | {"refused_reason": f"mood is told apart too badly in {language}"}
        found.append((len(same) / len(of_known), both[0], both[1]))
    value = sum(weight * (good.value - bad.value) for weight, good, bad in found)
    half = sum(weight**2 * ((good.high - good.low) ** 2 + (bad.high - bad.low) ** 2) for weight, good, bad in found) ** 0.5 / 2
    edges = {"value": 100 * value, "low": max(100 * (value - half), -100.0), "high": min(100 * (value + half), 100.0)}
    return row | edges | {"centre": (edges["low"] + edges["high"]) / 2, "ci_method": "Rogan-Gladen"}
