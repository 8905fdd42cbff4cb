"""`people.yml`: how measures of employees are made, and what protects the employees."""

from __future__ import annotations

from typing import Any

from rapport.declarations.document import Document
from rapport.warehouse.dbt_config.reading import Known


def read(document: Document, known: Known) -> dict[str, Any]:
    """Return `people`, with every word that is left out filled in.

    Raises:
        DeclarationError: an item of engagement names a survey that surveys.yml does not have, or does not give to employees.
    """
    value = document.value
    employees = {survey["id"] for survey in known.config.get("surveys", []) if survey["type"] == "employee"}
    for item, questions in value.get("engagement", {}).items():
        for number, question in enumerate(questions):
            if question.partition(":")[0] not in employees:
                raise document.error(("engagement", item, number), "its survey is none of the employee surveys of surveys.yml")
    return {
        "people": {
            "block_size": value.get("block_size", 5),
            "demographics": value.get("demographics", ["location"]),
            "hours_a_day": value.get("hours_a_day", 8),
            "records_months": value.get("records_months", 24),
            "planned_absence": value.get("planned_absence", []),
            "voluntary_leaving": value.get("voluntary_leaving", []),
            "regrettable": {"minimum_tenure_days": 365, "customer_facing_only": True, **value.get("regrettable", {})},
            "engagement": value.get("engagement", {}),
            "linkage": {"minimum_customers": 30, "minimum_units": 10, "model_units": 30, **value.get("linkage", {})},
        }
    }
