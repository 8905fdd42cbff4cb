"""The step: labels of texts that are new or changed, then what the labels of all texts say a month and a quarter."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from rapport.analysis.step import Outcome, Step, Work
from rapport.analysis.texts import error, mood, topics
from rapport.analysis.texts.counting import counted

VERSION = 2
# Every text of customers with its key; the fingerprint tells a changed text, salted so that nobody can try out short ones.
TEXTS = """
    select t.text_kind, t.source, t.source_id, t.language, t.words,
        md5((select salt from intermediate.surrogate_salt) || t.words) as text_fingerprint
    from (
        select 'survey_answer' as text_kind, source, source_id, language, comment_redacted as words
        from core.fct_survey_answer where is_valid and comment_redacted is not null
        union all
        select 'ticket_comment', source, source_id, 'unknown', comment_redacted
        from core.fct_ticket_event
        where event_type = 'comment' and actor_type = 'requester' and is_public and comment_redacted is not null
        union all
        select 'mention', source, source_id, language, text_redacted
        from core.fct_mention
        where is_valid and not is_own and not is_repost and brand_role = 'own' and text_redacted is not null
    ) as t
"""
_NEW = f"""
    select * from ({TEXTS}) as texts
    where %(all)s or not exists (
        select 1 from analysis.text_label as l
        where l.text_kind = texts.text_kind and l.source = texts.source and l.source_id = texts.source_id
            and l.text_fingerprint = texts.text_fingerprint and l.rules = %(rules)s
    )
    order by text_kind, source, source_id
"""


def _gone(table: str) -> str:
    """Return the condition under which a row is about a text that is there no more."""
    same = " and ".join(f"known.{name} = {table}.{name}" for name in ("text_kind", "source", "source_id"))
    return f"not exists (select 1 from ({TEXTS}) as known where {same})"


def run(work: Work) -> Outcome:
    """Label what is new, and count."""
    rules = _rules(work.config["topics"])
    new = work.frame(_NEW, {"all": work.is_whole, "rules": rules})
    labels, coded = labelled(new, work.config["topics"], rules)
    known = error.known()
    counts, felt, estimates = counted(work, labels, coded, known)
    tables = {"text_label": labels, "text_topic": coded, "text_error": known, "pain_gain": counts, "text_mood": felt}
    return Outcome(tables, estimates)


def labelled(texts: pd.DataFrame, settings: Iterable[Mapping[str, Any]], rules: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the labels of texts and their topics, without a word of the texts."""
    known = topics.compiled(settings)
    labels: list[tuple[Any, ...]] = []
    coded: list[tuple[Any, ...]] = []
    for row in texts.itertuples():
        key, words = (row.text_kind, row.source, row.source_id), mood.cleaned(row.words)
        language = mood.language_of(words, None if row.language == "unknown" else row.language)
        value = mood.score(words, language)
        found = topics.found(words, language, mood.mood(value), known)
        labels.append((*key, language, mood.mood(value), round(value, 4), len(found), row.text_fingerprint, rules))
        coded += [(*key, topic.id, topic.kind) for topic in found] or [(*key, "none", "none")]
    names = ["text_kind", "source", "source_id"]
    of_labels = [*names, "language", "mood", "mood_score", "topics", "text_fingerprint", "rules"]
    return pd.DataFrame(labels, columns=of_labels), pd.DataFrame(coded, columns=[*names, "topic", "kind"])


def _rules(settings: Any) -> str:
    """Return a hash of what decides a label: the version, the topics and our word lists."""
    lists = Path(mood.__file__).with_name("words.yml").read_bytes()
    return hashlib.sha256(json.dumps([VERSION, settings], sort_keys=True).encode() + lists).hexdigest()[:16]


STEP = Step(
    name="texts",
    version=VERSION,
    reads=("core.fct_survey_answer", "core.fct_ticket_event", "core.fct_ticket", "core.fct_mention"),
    writes=("text_label", "text_topic", "text_error", "text_mood", "pain_gain"),
    run=run,
    settings=("topics",),
    merges={"text_label": _gone("text_label"), "text_topic": _gone("text_topic")},
)
