"""Shares of moods among texts, mended by the measured error where it is known, and their difference."""

from __future__ import annotations

from typing import Any

import pandas as pd

from rapport.analysis.texts import error
from rapport.analysis.texts.mood import NEGATIVE, NEUTRAL, POSITIVE

FEWEST = 10  # persons behind anything that is said about texts
_EDGES = 100.0


def moods(texts: pd.DataFrame, known: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a row a kind of text, language and mood: the share as read and as mended, or why it is not mended.

    Args:
        texts: text_kind, language, mood and person of each.
        known: the error of the moods, by `error.known`.
    """
    rows = []
    for (kind, language), same in texts.groupby(["text_kind", "language"], sort=True):
        if same["person"].nunique() < FEWEST:
            continue
        of_kind = known[(known["used_for"] == kind) & (known["language"] == language) & (known["n"] >= error.FEWEST)].set_index("mood")
        for feeling in (NEGATIVE, NEUTRAL, POSITIVE):
            share = float((same["mood"] == feeling).mean())
            row: dict[str, Any] = {"text_kind": kind, "language": language, "mood": feeling, "texts": len(same), "as_read": share}
            if of_kind.empty:
                rows.append(row | {"refused_reason": f"no {error.FEWEST} labelled texts of this kind and language"})
                continue
            wrong = of_kind.loc[feeling]
            found = error.mended(
                share, len(same), (wrong["sensitivity"], int(wrong["n_with"])), (wrong["specificity"], int(wrong["n_without"]))
            )
            if found is None:
                rows.append(row | {"refused_reason": "the mood is told apart too badly"})
                continue
            rows.append(row | {"share": found.value, "share_low": found.low, "share_high": found.high, "corpus": wrong["corpus"]})
    return rows


def net(rows: list[dict[str, Any]], texts: int) -> dict[str, Any]:
    """Return positive less negative texts in points, over all kinds and languages whose error is known, weighted by their texts.

    Args:
        rows: by `moods`.
        texts: all texts there are, also those of which the error is not known.
    """
    sides: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for row in rows:
        if "share" in row:
            sides.setdefault((row["text_kind"], row["language"]), {})[row["mood"]] = row
    both = [by_mood for by_mood in sides.values() if {POSITIVE, NEGATIVE} <= by_mood.keys()]
    counts = [by_mood[POSITIVE]["texts"] for by_mood in both]
    told = {"metric": "net_sentiment", "n": sum(counts), "n_eligible": texts}
    if not both:
        reasons = sorted({row["refused_reason"] for row in rows if row["mood"] != NEUTRAL and "refused_reason" in row})
        return told | {"refused_reason": "; ".join(reasons) or f"fewer than {FEWEST} persons"}
    weights = [count / sum(counts) for count in counts]
    value = sum(w * (m[POSITIVE]["share"] - m[NEGATIVE]["share"]) for w, m in zip(weights, both, strict=True))
    half = sum(w**2 * (_half(m[POSITIVE]) ** 2 + _half(m[NEGATIVE]) ** 2) for w, m in zip(weights, both, strict=True)) ** 0.5
    edges = {"low": max(_EDGES * (value - half), -_EDGES), "high": min(_EDGES * (value + half), _EDGES)}
    return told | edges | {"value": _EDGES * value, "centre": (edges["low"] + edges["high"]) / 2, "ci_method": "Rogan-Gladen"}


def _half(row: dict[str, Any]) -> float:
    return float(max(row["share_high"] - row["share"], row["share"] - row["share_low"]))
