"""Persons and accounts put into the inbox of a home, and the part of the warehouse that says who is who built from them."""

from __future__ import annotations

import json
from typing import Any

import psycopg
from psycopg import sql
from rapport.home import Home
from rapport.pipeline import build
from rapport.pipeline.extract import extract_stream
from rapport.pipeline.runs import open_run
from rapport.warehouse.dbt import invoke

SOURCE_OF = {
    **dict.fromkeys(("persons", "accounts", "crm_activities", "referrals"), "inbox_crm"),
    **dict.fromkeys(("identity_pairs", "identity_overrides"), "inbox_identity"),
    **dict.fromkeys(("tickets", "ticket_events"), "inbox_support"),
    "survey_answers": "inbox_survey",
    "web_events": "inbox_website",
    "mentions": "inbox_social",
    "partner_orders": "inbox_partner",
}


class Desk:
    """Writes files, lands them and builds. `RAPPORT_HOME` must name the home while it is used."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.files = 0
        open_run(home, "identity", "cli")

    def land(self, entity: str, *rows: dict[str, Any]) -> None:
        """Put rows into a new file of the entity's folder and land it."""
        self.files += 1
        folder = self.home.dir("inbox") / entity
        folder.mkdir(exist_ok=True)
        (folder / f"{self.files}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        result = extract_stream(self.home, SOURCE_OF[entity], entity, run_id="identity")
        assert (result.rows_landed, result.rows_quarantined) == (len(rows), 0)

    def build(self, *models: str, full_refresh: bool = False) -> None:
        """Build what the first build of the staging layer needs, then the named models and all before them."""
        build.build_layer(self.home, "staging")
        arguments = ["build", "--exclude-resource-type", "unit_test", "--select", *(f"+{model}" for model in models)]
        invoke(self.home, arguments + (["--full-refresh"] if full_refresh else []))

    def table(self, relation: str, columns: str = "*") -> list[tuple[Any, ...]]:
        """Return the relation's rows in order."""
        with psycopg.connect(self.home.dsn("transformer")) as conn:
            query = sql.SQL("select {} from {} order by 1, 2, 3").format(sql.SQL(columns), sql.Identifier(*relation.split(".")))  # type: ignore[arg-type]
            return conn.execute(query).fetchall()
