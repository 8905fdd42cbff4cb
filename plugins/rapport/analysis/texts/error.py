"""How wrong the moods are: sensitivity, specificity, F1 and kappa on labelled texts, and shares that are mended by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from rapport.analysis.texts.mood import NEGATIVE, NEUTRAL, POSITIVE, cleaned, mood, score

LABELLED = Path(__file__).with_name("labelled.tsv")
MEASURED = Path(__file__).with_name("measured.yml")
OWN = "own_sentences"
FEWEST = 300  # labelled texts of a language and kind from which its error may be called known
MOODS = (NEGATIVE, NEUTRAL, POSITIVE)
_LEAST = 0.3  # of sensitivity + specificity - 1: below, a mended share says nothing
_Z = 1.959964
Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Mended:
    """A share mended by the measured error, with its 95 % interval, each 0 to 1."""

    value: float
    low: float
    high: float


def known() -> pd.DataFrame:
    """Return the error of the moods by corpus: on the published ratings as measured.yml holds them, and on our own sentences now."""
    rows: list[dict[str, Any]] = []
    for corpus in published()["corpora"]:
        rows += _described(corpus["counts"], {name: corpus[name] for name in ("language", "used_for")} | {"corpus": corpus["id"]})
    for language, texts in shipped().groupby("language", sort=True):
        rows += _described(counted(texts), {"language": language, "used_for": None, "corpus": OWN})
    return pd.DataFrame(rows)


def counted(labelled: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Return how many texts with each label were given each mood.

    Args:
        labelled: language, label (positive, neutral or negative) and text.
    """
    given = [mood(score(cleaned(row.text), row.language)) for row in labelled.itertuples()]
    pairs = list(zip(labelled["label"], given, strict=True))
    return {label: {feeling: pairs.count((label, feeling)) for feeling in MOODS} for label in MOODS}


def _described(counts: Counts, about: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a row a mood: what it is told apart by, with Wilson's intervals, and the agreement of all three."""
    total = sum(sum(row.values()) for row in counts.values())
    rows: list[dict[str, Any]] = []
    for feeling in MOODS:
        hits, have = counts[feeling][feeling], sum(counts[feeling].values())
        said = sum(row[feeling] for row in counts.values())
        without = total - have
        row = dict(about) | {"mood": feeling, "n": total, "n_with": have, "n_without": without}
        row |= _share("sensitivity", hits, have) | _share("specificity", without - (said - hits), without)
        rows.append(row | {"f1": 2 * hits / (have + said) if have + said else 0.0})
    pairs = [(label, given) for label, row in counts.items() for given, n in row.items() for _ in range(n)]
    agreed = {"macro_f1": sum(row["f1"] for row in rows) / len(rows), "kappa": kappa(*zip(*pairs, strict=True))}
    return [row | agreed for row in rows]


def _share(name: str, hits: int, of: int) -> dict[str, Any]:
    from statsmodels.stats.proportion import proportion_confint

    if of == 0:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    low, high = proportion_confint(hits, of, method="wilson")
    return {name: hits / of, f"{name}_low": float(low), f"{name}_high": float(high)}


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


def published() -> dict[str, Any]:
    """Return what measured.yml holds: whose ratings, and by corpus how many texts with each label were given each mood."""
    return dict(yaml.safe_load(MEASURED.read_text()))
