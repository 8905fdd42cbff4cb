"""`journey.yml`, `channels.yml`, `roles.yml` and `content.yml`: where, how and as whom people meet the organisation."""

from __future__ import annotations

from typing import Any

from rapport.declarations.document import Document
from rapport.warehouse.dbt_config.reading import Known, once, one_of, versions

STAGES = ("attraction", "awareness", "discovery", "cultivation", "purchase", "use", "advocacy")
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
            {"owner": None, "contributors": [], "window_days": 90, **stage, "position": STAGES.index(stage["id"]) + 1}
            for stage in sorted(stages, key=lambda stage: STAGES.index(stage["id"]))
        ],
        "touchpoints": filled,
    }


def read_roles(document: Document, _known: Known) -> dict[str, Any]:
    """Return `roles` in the order in which they are tried, and the steps of the value chain."""
    once(document, ("roles",), document.value["roles"])
    return {"roles": document.value["roles"], "role_rules_version": document.value.get("version", 1)}


def read_content(document: Document, _known: Known) -> dict[str, Any]:
    """Return `content`: pages and assets as versions."""
    optional = {"is_gated": False, "answers": None, "reading_grade": None, "stage": None}
    return {"content": versions(document, ("content",), [{**optional, **page} for page in document.value["content"]], ("path",))}
