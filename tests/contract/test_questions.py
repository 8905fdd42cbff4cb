"""Would catch: a claim of the essays that nothing answers any more, and a page that says it does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from rapport.declarations.errors import DeclarationError
from rapport.home import checkout
from rapport.warehouse.question_pages import PAGE, load_questions, questions_page


def test_every_link_leads_somewhere_and_the_page_is_the_data() -> None:
    """Would catch: a metric, table or test that was renamed, and a page that was not made again."""
    assert (checkout() / PAGE).read_text() == questions_page(checkout()), "run `rapport docs`"


def test_every_claim_has_its_row() -> None:
    """Would catch: a claim that was quietly dropped."""
    ids = [str(question["id"]) for question in load_questions(checkout())["questions"]]
    assert ids == [*map(str, range(1, 27)), "26b", *map(str, range(27, 74))]


def test_every_essential_claim_is_answered_or_says_why() -> None:
    """Would catch: an essential claim that was put out of scope without anybody deciding it (sales by team was)."""
    stated = {
        question["id"] for question in load_questions(checkout())["questions"] if question["status"] == "stated" and question["essential"]
    }
    assert stated == {49}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("models: [kpi_conflict]", "models: [kpi_conflicts]", "kpi_conflicts is not there"),
        ("id: 73", "id: 72", "72 is told twice"),
        ("essay: measuring", "essay: weighing", "is none of"),
    ],
)
def test_a_link_that_leads_nowhere_is_an_error(tmp_path: Path, before: str, after: str, said: str) -> None:
    """Would catch: the check itself going blind."""
    for folder in ("dbt_project", "superset/dashboards", "superset/assets/dashboards", "tests"):
        shutil.copytree(checkout() / folder, tmp_path / folder)
    file = tmp_path / "dbt_project" / "questions.yml"
    assert before in file.read_text()
    file.write_text(file.read_text().replace(before, after, 1))
    with pytest.raises(DeclarationError, match=said):
        load_questions(tmp_path)
