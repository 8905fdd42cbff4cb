"""How wrong the moods are: sensitivity, specificity, F1 and kappa on labelled texts, and shares that are mended by them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from rapport.analysis.texts.mood import NEGATIVE, NEUTRAL, POSITIVE, cleaned, mood, score

LABELLED = Path(__file__).with_name("labelled.tsv")
FEWEST = 300  # labelled texts of a language from which its error may be called known
_LEAST = 0.3  # of sensitivity + specificity - 1: below, a mended share says nothing
_Z = 1.959964


@dataclass(frozen=True)
class Mended:
    """A share mended by the measured error, with its 95 % interval, each 0 to 1."""

    value: float
    low: float
    high: float


def measured(labelled: pd.DataFrame) -> pd.DataFrame:
    """Return the error of the moods, a row a language and mood.

    Args:
        labelled: language, label (positive, neutral or negative) and text.

    Returns:
        language, mood, n, sensitivity, n_with, specificity, n_without, f1, macro_f1, kappa.
    """
    rows: list[dict[str, Any]] = []
    for language, texts in labelled.groupby("language", sort=True):
        given = [mood(score(cleaned(text), str(language))) for text in texts["text"]]
        right = list(texts["label"])
        f1 = {}
        for feeling in (NEGATIVE, NEUTRAL, POSITIVE):
            hits = sum(g == r == feeling for g, r in zip(given, right, strict=True))
            have, said = right.count(feeling), given.count(feeling)
            f1[feeling] = 2 * hits / (have + said) if have + said else 0.0
            rejected = sum(feeling not in (g, r) for g, r in zip(given, right, strict=True))
            rows.append(
                {
                    "language": language,
                    "mood": feeling,
                    "n": len(right),
                    "sensitivity": hits / have if have else None,
                    "n_with": have,
                    "specificity": rejected / (len(right) - have) if have < len(right) else None,
                    "n_without": len(right) - have,
                    "f1": f1[feeling],
                }
            )
        for row in rows[-3:]:
            row["macro_f1"], row["kappa"] = sum(f1.values()) / 3, kappa(given, right)
    return pd.DataFrame(rows)


def kappa(one: Iterable[str], other: Iterable[str]) -> float | None:
    """Return Cohen's kappa of two codings of the same texts; None when both gave one word only."""
    pairs = list(zip(one, other, strict=True))
    words = {word for pair in pairs for word in pair}
    agreed = sum(a == b for a, b in pairs) / len(pairs)
    chance = sum(sum(a == w for a, _ in pairs) * sum(b == w for _, b in pairs) for w in words) / len(pairs) ** 2
    return None if chance == 1 else (agreed - chance) / (1 - chance)


def mended(share: float, n: int, sensitivity: tuple[float, int], specificity: tuple[float, int]) -> Mended | None:
    """Return a share of texts mended by the error of the classifier; None where the classifier tells too little.

    p = (p_obs + Sp - 1) / (Se + Sp - 1), with the variance of W. J. Rogan and B. Gladen (1978), Estimating prevalence from the
    results of a screening test, American Journal of Epidemiology 107(1): it holds the uncertainty of all three.

    Args:
        share: of texts with the mood as classified.
        n: texts.
        sensitivity: with the number of labelled texts that have the mood.
        specificity: with the number of those that have not.
    """
    (se, with_mood), (sp, without) = sensitivity, specificity
    youden = se + sp - 1
    if youden < _LEAST or n == 0 or with_mood == 0 or without == 0:
        return None
    value = (share + sp - 1) / youden
    inside = min(max(value, 0.0), 1.0)
    variance = share * (1 - share) / n + inside**2 * se * (1 - se) / with_mood + (1 - inside) ** 2 * sp * (1 - sp) / without
    half = _Z * variance**0.5 / youden
    return Mended(inside, max(value - half, 0.0), min(value + half, 1.0))


def shipped() -> pd.DataFrame:
    """Return the labelled texts that come along: language, label, topics and text, written for this purpose."""
    return pd.read_csv(LABELLED, sep="\t", names=["language", "label", "topics", "text"], keep_default_na=False, quoting=3)
