"""The page that tells employees what is held and measured of them, made from the declarations, so that it cannot say anything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from rapport.declarations import Source, load_sources
from rapport.declarations.metrics import load_ex_metrics
from rapport.declarations.model import Field
from rapport.warehouse.roles_policy import load_policy

FILE = Path("docs") / "reference" / "notice-to-employees.md"
_DOMAINS = ("hr", "training")
_TREATED = {
    "drop": "dropped before anything is stored",
    "token": "kept as a pseudonym",
    "redact": "kept without names, addresses and numbers",
    "band": "kept as a range",
    "truncate": "kept in part",
}
_NEVER = """
## What is never measured

- No score, rank or rating of a person, and no row of a person in anything that analysts, leaders or HR read: results are of blocks of at
  least {block} people. Blocks are made so that no two results can be subtracted to find fewer; tests attack them in that way.
- No e-mail, chat or call between employees. What you write to the help desk, or on a customer's ticket, is a ticket and is read as one.
- No keystrokes, screens, cameras or whereabouts, and nothing of when somebody begins, pauses or ends. Overtime is what HR records.
- No health. Of an absence its days and its kind stand here as HR records them, and never a reason beyond.
- No forecast about an employee: not who will leave, fall ill or join a union.
- Names, home addresses, dates of birth and gender are dropped before anything is stored.
- Employee and customer experience are compared by units of many people, never by person.

What agents do on customers' tickets is counted by team. The bare number of the agent's record stands on the ticket where analysts,
leaders and HR do not read.
"""
_RIGHTS = """
## Who has looked, and what you can ask for

- Behind each pseudonym the value is kept encrypted. Only a privacy steward can see one, has to say why, and stands in a log that
  your elected representatives read ([how](../runbooks/look-behind-a-token.md)).
- You get a copy of all that is held of you, and are erased from it, on request ([how](../runbooks/erase-a-person.md)): two people
  have to act, and a signed report says what is left. Results of groups stay, because you cannot be found in them.
- Records are kept for {raw} months after their last change, what people wrote for {free_text} (`config/retention.yml`).
- Each of these promises names the test that holds it in [SECURITY.md](../../SECURITY.md).
"""


def page(root: Path) -> str:
    """Return the page's text in Markdown, of the sources and settings that come with the checkout.

    Args:
        root: the checkout.
    """
    people = yaml.safe_load((root / "config" / "people.yml").read_text())
    months = yaml.safe_load((root / "config" / "retention.yml").read_text())
    readers = sorted({role for role, _ in load_policy(root / "config" / "access.yml").rule("marts_ex").grants})
    lines = [
        "<!-- made by `rapport docs` from sources/, dbt_project/metrics/ex and config/: do not edit -->",
        "",
        "# What is measured of employees, and what never is",
        "",
        "For everybody who works here. It is made from the same files as the platform itself runs on.",
        "",
        "## What is measured",
        "",
        f"Each is a result of a block of at least {people['block_size']} people, of a quarter or a survey. Read by: {', '.join(readers)}.",
        "",
        "| result | question | decision that it is for |",
        "|---|---|---|",
        *(f"| {one['title']} | {one['question']} | {one['decision']} |" for one in load_ex_metrics(root / "dbt_project" / "metrics")),
        "",
        "## What is held",
        "",
        "| system | stream | of each record |",
        "|---|---|---|",
        *_held(load_sources(root / "sources")),
    ]
    block = int(people["block_size"])
    return "\n".join(lines) + "\n" + _NEVER.format(block=block) + _RIGHTS.format(**months)


def _held(sources: Mapping[str, Source]) -> Iterator[str]:
    for name, source in sorted(sources.items()):
        if source.domain not in _DOMAINS or name.startswith("inbox_"):
            continue
        for stream in source.streams.values():
            by_treatment: dict[str, list[str]] = {}
            for field in stream.fields:
                by_treatment.setdefault(_how(field), []).append(field.column.replace("_", " "))
            told = "; ".join(f"{how}: {', '.join(sorted(columns))}" for how, columns in sorted(by_treatment.items()))
            yield f"| {source.system} | {stream.name.replace('_', ' ')} | {told} |"


def _how(field: Field) -> str:
    return _TREATED.get(field.treatment, "kept as it is")
