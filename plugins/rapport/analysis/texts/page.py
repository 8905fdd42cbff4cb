"""The page on how wrong moods are, generated so that it says what the code does."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import Any

import pandas as pd

from rapport.analysis.texts import error

FILE = Path("docs") / "reference" / "moods.md"
_OWN = "Our own sentences"
_WHY = """
A machine that reads moods is wrong at times, and not equally often either way. Shares of moods are therefore mended by its measured error
(Rogan and Gladen 1978), whose uncertainty is part of their interval, and are not shown where it is not known or too large: fewer than
{fewest} labelled texts of the kind and language, or sensitivity and specificity that together tell less than 0.3 above chance. The same
figures stand in `marts_cx.voice_text_error`, the mended shares in `marts_cx.voice_mood`.
"""
_MADE_WITH = """
English is read by VADER {vader}, as its authors released it; nothing of it was tuned here, neither words nor thresholds. German, French
and Spanish are read by short word lists of our own, written with a few sentences of customers in view. Nobody has rated other sentences
in these languages for us: their error is not known, and no share of moods is shown.
"""
_LAST = """
The last were written for this purpose by who wrote the topics, and labelled by the same. They are fewer than {fewest}, mend nothing, and
stand here because their kind is nearest to answers in a survey.
"""


def page() -> str:
    """Return the page's text: corpora, and of each language and mood sensitivity, specificity, F1 and kappa."""
    known, held = error.known(), error.published()
    titles = {corpus["id"]: corpus["title"] for corpus in held["corpora"]} | {error.OWN: _OWN}
    corpora = "\n".join(_corpus(titles[str(name)], rows) for name, rows in known.groupby("corpus", sort=False))
    rows = "\n".join(_row(titles[row.corpus], row) for row in known.itertuples())
    return f"""<!-- made by `rapport docs` from plugins/rapport/analysis/texts: do not edit -->

# How wrong moods are

{_wrapped(_WHY, fewest=error.FEWEST)}

## Texts it was made with

{_wrapped(_MADE_WITH, vader=held["vader"])}

## Texts it was measured on

| texts | language | number | mends the shares of | macro-F1 | kappa |
|---|---|---|---|---|---|
{corpora}

{_wrapped("The first two: " + held["ratings"])}

{_wrapped(_LAST, fewest=error.FEWEST)}

## Error by mood

Sensitivity: of the texts with the mood, the share that is found. Specificity: of those without it, the share that is not taken for it.
With Wilson's 95 % intervals.

| texts | language | mood | with | sensitivity | without | specificity | F1 |
|---|---|---|---|---|---|---|---|
{rows}
"""


def _wrapped(text: str, **words: object) -> str:
    return fill(text.strip().format(**words), 130)


def _corpus(title: str, rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    used = {"mention": "mentions", "survey_answer": "answers in words"}.get(first["used_for"], "nothing")
    return f"| {title} | {first['language']} | {first['n']:,} | {used} | {first['macro_f1']:.2f} | {first['kappa']:.2f} |"


def _row(title: str, row: Any) -> str:
    sensitivity = _share(row.sensitivity, row.sensitivity_low, row.sensitivity_high)
    specificity = _share(row.specificity, row.specificity_low, row.specificity_high)
    return f"| {title} | {row.language} | {row.mood} | {row.n_with:,} | {sensitivity} | {row.n_without:,} | {specificity} | {row.f1:.2f} |"


def _share(value: float, low: float, high: float) -> str:
    return f"{value:.3f} ({low:.3f} to {high:.3f})"
