"""What the labels of all texts say: persons with a pain or gain, moods, and the share that some topic explains."""

from __future__ import annotations

from typing import Any

import pandas as pd

from rapport.analysis.step import Work
from rapport.analysis.texts.moods import FEWEST, moods, net

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
    union all
    select 'mention', m.source, m.source_id, m.happened_day,
        coalesce(m.person_key, i.platform || i.author_handle_token, m.mention_key), null
    from core.fct_mention as m left join input.input__mentions as i on m.source = i.source and m.source_id = i.source_id
    where m.is_valid and not m.is_own and not m.is_repost and m.brand_role = 'own' and m.text_redacted is not null
"""
_KEY = ["text_kind", "source", "source_id"]
# The polite words of a request for help would be taken for a good mood: comments on tickets have none.
_UNREAD = "no connected source records who reads an answer"
OF_MOOD = ("mention", "survey_answer")


def counted(work: Work, labels: pd.DataFrame, coded: pd.DataFrame, known: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the pains and gains a quarter, the moods a quarter, and the estimates a month and a quarter.

    Args:
        work: gives the texts' keys, and the labels that are kept.
        labels: new labels, which take the place of kept ones with their key.
        coded: the topics of the same texts.
        known: the error of the moods, by `error.known`.
    """
    about = work.frame(_ABOUT)
    kept = work.frame("select text_kind, source, source_id, language, mood, topics from analysis.text_label")
    of_kept = work.frame("select text_kind, source, source_id, topic, kind from analysis.text_topic")
    labelled = about.merge(_newest(kept, labels, labels)[[*_KEY, "language", "mood", "topics"]], on=_KEY)
    named = about.merge(_newest(of_kept, coded, labels), on=_KEY)
    rows: list[dict[str, Any]] = []
    pains: list[dict[str, Any]] = []
    felt: list[dict[str, Any]] = []
    for grain, frequency in (("month", "M"), ("quarter", "Q")):
        named["period"] = pd.PeriodIndex(pd.to_datetime(named["day"]), freq=frequency)
        labelled["period"] = pd.PeriodIndex(pd.to_datetime(labelled["day"]), freq=frequency)
        for period, texts in labelled.groupby("period"):
            place = {"grain": grain, "period_start": period.start_time.date()}
            of_period = named[named["period"] == period]
            persons = int(of_period["person"].nunique())
            if persons < FEWEST:
                continue
            spoken = texts[texts["text_kind"].isin(OF_MOOD)]
            shares = moods(spoken, known)
            felt += [{**row, "period_start": place["period_start"]} for row in shares if grain == "quarter"]
            rows.append({**place, **net(shares, len(spoken))})
            for kind in OF_MOOD:
                rows.append({**place, **net([row for row in shares if row["text_kind"] == kind], int((spoken["text_kind"] == kind).sum()))})
                rows[-1]["item"] = kind
            rows.append({**place, "metric": "verbatim_read", "n": len(spoken), "n_eligible": len(spoken), "refused_reason": _UNREAD})
            rows.append({**place, **_share("coded_share", int((texts["topics"] > 0).sum()), len(texts))})
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
    of_moods = [
        "period_start",
        "text_kind",
        "language",
        "mood",
        "texts",
        "as_read",
        "share",
        "share_low",
        "share_high",
        "corpus",
        "refused_reason",
    ]
    return pd.DataFrame(pains, columns=names), pd.DataFrame(felt, columns=of_moods), pd.DataFrame(rows)


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
