"""`journey.yml`, `channels.yml`, `roles.yml` and `content.yml`: where, how and as whom people meet the organisation."""

from __future__ import annotations

from typing import Any

from rapport.declarations.document import Document
from rapport.warehouse.dbt_config.reading import Known, Place, once, one_of, versions

STAGES = ("attraction", "awareness", "discovery", "cultivation", "purchase", "use", "advocacy")
# Events that may begin a stage, and which of their two words (kind, detail) a condition of the file means.
SIGNALS = {
    "web_visit": {"referrer_type": "kind"},
    "page_view": {"kind": "kind", "path": "detail"},
    "download": {"path": "detail"},
    "gate_submit": {"path": "detail"},
    "task": {"task": "kind"},
    "crm_activity": {"kind": "kind"},
    "opportunity": {"outcome": "kind", "stage": "detail"},
    "contract": {},
    "ticket": {"channel": "kind", "reason": "detail"},
    "survey_answer": {"measure": "kind", "score_band": "detail"},
    "mention": {"kind": "kind"},
    "referral": {"kind": "kind"},
}
_TOUCHPOINT = {"channel": None, "owner": None, "feeling": None, "metric": None, "feedback": None}


def read_channels(document: Document, _known: Known) -> dict[str, Any]:
    """Return `channels`: each with the words of the sources that mean it."""
    channels = document.value["channels"]
    once(document, ("channels",), channels)
    said: dict[str, str] = {}
    for number, channel in enumerate(channels):
        for index, word in enumerate(channel["words"]):
            if said.setdefault(word.lower(), channel["id"]) != channel["id"]:
                raise document.error(("channels", number, "words", index), f"{word} already means {said[word.lower()]}")
    return {"channels": [{"mode": None, **channel, "words": [word.lower() for word in channel["words"]]} for channel in channels]}


def read(document: Document, known: Known) -> dict[str, Any]:
    """Return `stages` in order and `touchpoints` as versions.

    A file without stages still has a journey: it is counted by touchpoints only, and no person enters a stage.
    """
    stages = document.value.get("stages", [])
    once(document, ("stages",), stages)
    touchpoints = document.value["touchpoints"]
    for number, touchpoint in enumerate(touchpoints):
        if touchpoint.get("metric") is not None:
            one_of(document, ("touchpoints", number, "metric"), touchpoint["metric"], known.metrics, "metric")
    filled = versions(document, ("touchpoints",), [{**_TOUCHPOINT, **touchpoint} for touchpoint in touchpoints])
    return {
        "stages": [
            {
                **{"owner": None, "contributors": [], "window_days": 90},
                **stage,
                "position": STAGES.index(stage["id"]) + 1,
                "entry": [_rule(document, ("stages", number, "entry", index), rule) for index, rule in enumerate(stage["entry"])],
            }
            for number, stage in sorted(enumerate(stages), key=lambda numbered: STAGES.index(numbered[1]["id"]))
        ],
        "touchpoints": filled,
    }


def _rule(document: Document, place: Place, rule: dict[str, Any]) -> dict[str, Any]:
    """Return a rule of entry with the words of its conditions as the columns of a signal."""
    words = SIGNALS[rule["signal"]]
    where = {}
    for word, values in rule.get("where", {}).items():
        if word not in words:
            known = ", ".join(words) or "no conditions"
            raise document.error((*place, "where", word), f"a {rule['signal']} has no {word}; it has {known}")
        where[words[word]] = values
    return {"signal": rule["signal"], "where": where, "at_least": rule.get("at_least", 1)}


def read_roles(document: Document, _known: Known) -> dict[str, Any]:
    """Return `roles` in the order in which they are tried, and the steps of the value chain."""
    once(document, ("roles",), document.value["roles"])
    return {"roles": document.value["roles"], "role_rules_version": document.value.get("version", 1)}


def read_content(document: Document, _known: Known) -> dict[str, Any]:
    """Return `content`: pages and assets as versions."""
    optional = {"is_gated": False, "answers": None, "reading_grade": None, "stage": None}
    return {"content": versions(document, ("content",), [{**optional, **page} for page in document.value["content"]], ("path",))}
