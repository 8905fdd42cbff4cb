"""`reasons.yml`: why customers write, leave, buy or do not, and why employees leave, as trees."""

from __future__ import annotations

from typing import Any

from rapport.declarations.document import Document
from rapport.warehouse.dbt_config.reading import Known, once

KINDS = ("contact", "churn", "win_loss", "exit")


def read(document: Document, _known: Known) -> dict[str, Any]:
    """Return `reasons`: each with its kind, the names from the top (`path`) and its `level`, from 1.

    Raises:
        DeclarationError: a reason stands twice, or below one that is not there or below itself.
    """
    found = []
    for kind in KINDS:
        reasons = document.value.get(kind, [])
        once(document, (kind,), reasons)
        by_id = {reason["id"]: reason for reason in reasons}
        for number, reason in enumerate(reasons):
            path = [reason]
            while (above := path[0].get("parent")) is not None:
                if above not in by_id:
                    raise document.error((kind, number, "parent"), f"{above} is no reason of {kind}")
                if by_id[above] in path:
                    raise document.error((kind, number, "parent"), "stands below itself")
                path.insert(0, by_id[above])
            found.append(
                {
                    "reason_key": f"{kind}:{reason['id']}",
                    "kind": kind,
                    "id": reason["id"],
                    "title": reason["title"],
                    "parent": reason.get("parent"),
                    "path": " > ".join(step["title"] for step in path),
                    "level": len(path),
                    "theme": reason.get("theme"),
                    "is_resolvable_at_first_contact": reason.get("resolvable"),
                }
            )
    return {"reasons": found}
