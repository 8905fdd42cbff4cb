"""Settings of loyalty and value: currency rates, what binds an account, who is strategic, where loyalty is cut."""

from __future__ import annotations

from typing import Any

from rapport.declarations.document import Document
from rapport.warehouse.dbt_config.reading import BEGINNING, END, Known

_YES_OR_NO = ("auto_renews", "no_export")
DECLARED_ONLY = "{version: 1, declared: true, top_value_share: 0, converted_referrals: 0}"
# What holds where a company has set nothing.
_CUTS: dict[str, Any] = {
    "attitude_high_from": 9,
    "satisfaction_low_until": 6,
    "attitude_valid_days": 365,
    "repeat_window_days": 365,
    "repeat_orders": 2,
    "advocacy_days": 180,
    "heard_days": 90,
    "discount_rate_annual": 0.1,
    "churn_probability_at_risk": 0.05,
    "experience_window_days": 90,
}
_BAD_EXPERIENCE = {"reply_hours": 36, "rated_reply_hours": 8}
_LEAVING = {
    "confirm_hours": 48,
    "export_days": 14,
    "invoice_days": 30,
    "rating_days": 30,
    "contacts_at_most": 2,
    "returned_within_days": 730,
}


def read_currency(document: Document, _known: Known) -> dict[str, Any]:
    """Return `currency`: `reporting`, and `rates`, one line a period: `currency`, `valid_from`, `valid_to` (exclusive), `rate`.

    Raises:
        DeclarationError: the reporting currency has a rate.
    """
    reporting = document.value["reporting"]
    lines = [{"currency": reporting, "valid_from": BEGINNING, "valid_to": END, "rate": 1}]
    for currency, rates in document.value.get("rates", {}).items():
        if currency == reporting:
            raise document.error(("rates", currency), "is the reporting currency: its rate is 1")
        months = sorted(rates)
        for month, following in zip(months, [*months[1:], None], strict=True):
            until = f"{following}-01" if following else END
            lines.append({"currency": currency, "valid_from": f"{month}-01", "valid_to": until, "rate": rates[month]})
    return {"currency": {"reporting": reporting, "rates": lines}}


def read_lock_in(document: Document, _known: Known) -> dict[str, Any]:
    """Return `lock_in`: `version`, and `terms`, the rules of each term with the most points first.

    Raises:
        DeclarationError: a rule lacks what its term needs, or the points of an account may come to more than 100.
    """
    terms: dict[str, list[dict[str, Any]]] = {}
    for number, rule in enumerate(document.value["rules"]):
        if (rule["term"] in _YES_OR_NO) == ("at_least" in rule):
            needs = "takes no at_least: it holds or not" if rule["term"] in _YES_OR_NO else "needs at_least"
            raise document.error(("rules", number), f"{rule['term']} {needs}")
        terms.setdefault(rule["term"], []).append({"at_least": rule.get("at_least"), "points": rule["points"]})
    if (most := sum(max(rule["points"] for rule in rules) for rules in terms.values())) > 100:
        raise document.error(("rules",), f"the points of an account may come to {most}: at most 100")
    ordered = {term: sorted(rules, key=lambda rule: -rule["points"]) for term, rules in terms.items()}
    return {"lock_in": {"version": document.value["version"], "terms": ordered}}


def read_strategic(document: Document, _known: Known) -> dict[str, Any]:
    """Return `strategic`: the rule's `version`, `declared`, `top_value_share` and `converted_referrals`."""
    return {"strategic": document.value}


def read_loyalty(document: Document, _known: Known) -> dict[str, Any]:
    """Return `loyalty`: cuts, windows, `acquisition`, `reasons` (words by key), `leaving`, `bad_experience`; defaults where nothing is set.

    Raises:
        DeclarationError: cuts contradict each other, or one word means two things.
    """
    said: dict[str, Any] = document.value
    settings = _CUTS | {"acquisition": {"earned": [], "bought": []}, "reasons": {}} | said
    settings["leaving"] = _LEAVING | said.get("leaving", {})
    settings["bad_experience"] = _BAD_EXPERIENCE | said.get("bad_experience", {})
    if settings["satisfaction_low_until"] >= settings["attitude_high_from"]:
        raise document.error(("satisfaction_low_until",), "must be below attitude_high_from")
    for place in ("acquisition", "reasons"):
        taken: dict[str, str] = {}
        for key, words in settings[place].items():
            for number, word in enumerate(words):
                if word in taken:
                    raise document.error((place, key, number), f"{word} already means {taken[word]}")
                taken[word] = key
    return {"loyalty": settings}
