"""The page that says, claim by claim, what the essays on customer experience ask and where each is answered here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rapport.declarations.document import Document

PAGE = Path("docs") / "reference" / "questions.md"
_DATA = Path("dbt_project") / "questions.yml"
_SCHEMA = Path(__file__).parents[1] / "declarations" / "questions.schema.json"


def load_questions(root: Path) -> dict[str, Any]:
    """Return the essays and their questions, each link followed.

    Args:
        root: the checkout.

    Raises:
        DeclarationError: a claim is told twice, a link leads nowhere, or what is built names neither model nor test.
    """
    document = Document.read(root / _DATA)
    document.check(_SCHEMA)
    found: dict[str, Any] = document.value
    there = _there(root)
    ids = [question["id"] for question in found["questions"]]
    for number, question in enumerate(found["questions"]):
        place = ("questions", number)
        if ids.index(question["id"]) != number:
            raise document.error((*place, "id"), f"{question['id']} is told twice")
        if question["essay"] not in found["essays"]:
            raise document.error((*place, "essay"), f"is none of {', '.join(found['essays'])}")
        for kind in ("metrics", "models", "tests"):
            for link in question[kind]:
                if not _leads(root, kind, link, there):
                    raise document.error((*place, kind), f"{link} is not there")
        if question["dashboard"] is not None and question["dashboard"] not in there["dashboards"]:
            raise document.error((*place, "dashboard"), f"{question['dashboard']} is none of {', '.join(sorted(there['dashboards']))}")
        if question["status"] == "built" and not (question["models"] and question["tests"] and question["answer"]):
            raise document.error(place, "what is built names its answer, a model and a test")
        if question["status"] == "stated" and "why" not in question:
            raise document.error(place, "what is out of scope says why")
    return found


def questions_page(root: Path) -> str:
    """Return the page in Markdown."""
    found = load_questions(root)
    questions = found["questions"]
    built = sum(question["status"] == "built" for question in questions)
    parts = [
        "<!-- made by `rapport docs` from dbt_project/questions.yml: do not edit -->",
        "",
        "# Questions",
        "",
        "Five essays say what a company ought to know about the experience it gives. Each claim stands here in our own words, with what",
        f"answers it: {built} are answered, {len(questions) - built} are out of scope, with the reason.",
        "★: one that the product stands for.",
        "A metric whose system is not connected says so; it is neither zero nor left out.",
    ]
    for essay, title in found["essays"].items():
        parts += [
            "",
            f"## {title}",
            "",
            "| | claim | answered by | metrics | tables | tests | dashboard |",
            "|---|---|---|---|---|---|---|",
        ]
        parts += [_row(question) for question in questions if question["essay"] == essay]
    return "\n".join(parts) + "\n"


def _row(question: Mapping[str, Any]) -> str:
    metrics = ", ".join(f"[{name}](metrics/{name}.md)" for name in question["metrics"]) or "–"
    models = ", ".join(f"`{name}`" for name in question["models"]) or "–"
    tests = ", ".join(f"[{_short(test)}](../../{test.partition('::')[0]})" for test in question["tests"]) or "–"
    answer = question["answer"] if question["status"] == "built" else f"**Out of scope.** {question['why']}"
    mark = f"{question['id']}{' ★' if question['essential'] else ''}"
    return f"| {mark} | {question['claim']} | {answer} | {metrics} | {models} | {tests} | {question['dashboard'] or 'none yet'} |"


def _short(test: str) -> str:
    file, _, name = test.partition("::")
    return (name or Path(file).stem).removeprefix("test_").replace("_", " ")


def _there(root: Path) -> dict[str, set[str]]:
    project = root / "dbt_project"
    stems = {file.stem for file in project.glob("models/**/*.sql")}
    return {
        "metrics": {file.stem for file in project.glob("metrics/*.yml")},
        "models": stems | {stem.partition("__")[2] for stem in stems if stem.startswith(("cx__", "exec__", "ex__"))},
        "dashboards": {file.stem.partition("_")[2] for file in (root / "superset" / "dashboards").glob("*.yml")}
        | {file.stem.rpartition("_")[0] for file in (root / "superset" / "assets" / "dashboards").glob("*.yaml")},
    }


def _leads(root: Path, kind: str, link: str, there: Mapping[str, set[str]]) -> bool:
    if kind != "tests":
        return link in there[kind]
    file, _, name = link.partition("::")
    return (root / file).is_file() and (not name or f"def {name}(" in (root / file).read_text())
