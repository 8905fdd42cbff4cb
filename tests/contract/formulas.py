"""Where a number is worked out outside the metric definitions and the macros of their estimators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

# What people read is made of these; the engine's own relations (`int_metrics__*`) call the macros, and kinds of case hold no number yet.
_READ = ("dbt_project/models/marts/**/*.sql", "superset/datasets/*.sql", "superset/dashboards/*.yml")
_NOT_SAID = re.compile(r"\{#.*?#\}|--[^\n]*|'[^'\n]*'|\"[^\"\n]*\"", re.DOTALL)
_NO_QUERY = (
    r"#[^\n]*|https?://\S*|\]\([^)\s]*\)|\b(?:title|short|lead|empty|question|note)\b[^\n]*|\bconfig/\S*"  # links, and words for people
)
_FORMULA = re.compile(r"/|\b(?:avg|percentile_cont|percentile_disc|median|stddev\w*|var_\w+|variance|corr|regr_\w+)\s*\(", re.IGNORECASE)


def formulas(root: Path) -> Iterator[tuple[str, int, str]]:
    """Yield file (from `root`), line and text of each division, average, quantile or moment in what people read."""
    for pattern in _READ:
        for file in sorted(root.glob(pattern)):
            if file.name.startswith("int_metrics__"):
                continue
            text = file.read_text()
            if file.suffix == ".yml":
                text = re.sub(_NO_QUERY, lambda said: " " * len(said.group()), text)
            said = _NOT_SAID.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)
            lines = text.splitlines()
            for number, line in enumerate(said.splitlines(), start=1):
                if _FORMULA.search(line):
                    yield file.relative_to(root).as_posix(), number, lines[number - 1].strip()
