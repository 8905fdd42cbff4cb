"""`promises.yml`, `kpis.yml`, `fivew.yml`, `trust.yml` and `evidence.yml`: what leaders have promised, decided and answered."""

from __future__ import annotations

from typing import Any

from rapport.declarations.document import Document
from rapport.warehouse.dbt_config.reading import Known, day, once, one_of, optional_day, versions

FACETS = ("competence", "process", "technology", "product", "privacy", "parting", "choice")
# What a promise's test may look at, and which measures of it there are.
MEASURES = {
    "ticket": (
        "first_reply_calendar_minutes",
        "first_reply_business_minutes",
        "first_solved_calendar_minutes",
        "first_solved_business_minutes",
        "reopens",
    ),
    "web_task": ("is_completed",),
    "survey_answer": ("score",),
    "partner_order": ("days_late",),
    "mention": ("reply_minutes",),
}
_MIX_TOLERANCE = 0.001


def read_promises(document: Document, known: Known) -> dict[str, Any]:
    """Return `promises` as versions; each has a test that says when it is kept."""
    promises = document.value["promises"]
    touchpoints = known.ids("touchpoints")
    for number, promise in enumerate(promises):
        one_of(document, ("promises", number, "touchpoint"), promise["touchpoint"], touchpoints, "touchpoint")
        one_of(document, ("promises", number, "test", "measure"), promise["test"]["measure"], MEASURES[promise["test"]["fact"]], "measure")
    flat = [{"owner": None, **{key: value for key, value in promise.items() if key != "test"}, **promise["test"]} for promise in promises]
    return {"promises": versions(document, ("promises",), flat)}


def read_kpis(document: Document, known: Known) -> dict[str, Any]:
    """Return `kpis`: the registry of what functions steer by."""
    once(document, ("kpis",), document.value["kpis"])
    found = []
    for number, kpi in enumerate(document.value["kpis"]):
        place = ("kpis", number)
        for word in ("metric", "driver"):
            if kpi.get(word) is not None:
                one_of(document, (*place, word), kpi[word], known.metrics, "metric")
        optional = {"metric": None, "driver": None, "target": None, "team_measure": None, "decided_on": None}
        dates = {name: optional_day(document, place, kpi, name) for name in ("review_on", "decided_on")}
        found.append({**optional, **kpi, **dates})
    return {"kpis": found}


def read_fivew(document: Document, known: Known) -> dict[str, Any]:
    """Return `fivew`: answers to who, what, where, when and why, as they are and as they should be, as versions."""
    items = document.value["items"]
    for number, item in enumerate(items):
        place = ("items", number)
        if item.get("evidence_metric") is not None:
            one_of(document, (*place, "evidence_metric"), item["evidence_metric"], known.metrics, "metric")
        mix = item.get("target_mix")
        if mix is not None and abs(sum(mix.values()) - 1) > _MIX_TOLERANCE:
            raise document.error((*place, "target_mix"), f"shares add up to {sum(mix.values()):g}: they have to add up to 1")
    optional: dict[str, Any] = {
        "answer": None,
        "evidence_metric": None,
        "target": None,
        "target_mix": {},
        "owner": None,
        "confidence": None,
    }
    filled = [
        {
            **optional,
            **item,
            "mix": mix_text(item.get("target_mix", {})),
            "answered_on": day(document, ("items", number, "answered_on"), item["answered_on"]),
        }
        for number, item in enumerate(items)
    ]
    return {"fivew": versions(document, ("items",), [{**one, "valid_from": one["answered_on"]} for one in filled], ("w", "state"))}


def mix_text(mix: dict[str, float]) -> str | None:
    """Return shares as a spreadsheet writes them: `email=0.3; web=0.7`."""
    return "; ".join(f"{name}={share:g}" for name, share in mix.items()) or None


def read_trust(document: Document, known: Known) -> dict[str, Any]:
    """Return `trust`: the seven facets in order, each with what is measured and asked; one that the file leaves out is there too."""
    facets = document.value["facets"]
    once(document, ("facets",), facets)
    for number, facet in enumerate(facets):
        for side in ("outcome", "perception"):
            if facet.get(side) is not None:
                one_of(document, ("facets", number, side, "metric"), facet[side]["metric"], known.metrics, "metric")
    said = {facet["id"]: facet for facet in facets}
    found = []
    for position, name in enumerate(FACETS if facets else (), start=1):
        facet = said.get(name, {})
        row = {"id": name, "position": position, "title": facet.get("title", name), "owner": facet.get("owner")}
        for side in ("outcome", "perception"):
            row |= {f"{side}_{word}": facet.get(side, {}).get(word) for word in ("metric", "item", "good", "bad")}
        found.append(row)
    return {"trust": found}


def read_evidence(document: Document, _known: Known) -> dict[str, Any]:
    """Return `evidence`: what the organisation knows of a customer, and how it came to know it."""
    once(document, ("sources",), document.value["sources"])
    return {"evidence": document.value["sources"]}
