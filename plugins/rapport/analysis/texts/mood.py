"""The mood of a text: VADER for English, short word lists of our own for German, French and Spanish.

VADER: C. J. Hutto and E. Gilbert (2014), VADER: A parsimonious rule-based model for sentiment analysis of social media text, ICWSM-14.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

POSITIVE, NEUTRAL, NEGATIVE = "positive", "neutral", "negative"
LANGUAGES = ("en", "de", "fr", "es")
_EDGE = 0.05  # the authors' own threshold of the compound score
_TAG = re.compile(r"<[A-Z]+>")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_COMMON = {  # words that are frequent in one of the languages and hardly in the others
    "en": "the and is was to of you we i it my not for with have had are be this that at from",
    "de": "der die das und ist nicht ich wir sie ein eine zu mit auf für den seit noch uns mir war",
    "fr": "le la les et est nous vous je une pas pour avec sur du des ce depuis très j'ai était",
    "es": "el los y es no una por con para del que muy mi se lo las fue desde nos todo",
}
_COMMON_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}


def cleaned(text: str) -> str:
    """Return a text without the tags that stand for what was redacted."""
    return " ".join(_TAG.sub(" ", text).split())


def language_of(text: str, told: str | None) -> str:
    """Return the language of a text by its most common words, else by its words of mood; where none tells, what is told, else English."""
    words = [word.lower() for word in _WORD.findall(text)]
    counts = {language: sum(word in common for word in words) for language, common in _COMMON_WORDS.items()}
    best = max(LANGUAGES, key=lambda language: counts[language])
    if counts[best] > 0:
        return best
    line = " ".join(words)
    hits = {
        language: sum(bool(re.search(rf"(?<!\w){re.escape(word)}", line)) for word in said["words"]) for language, said in _lists().items()
    }
    hits["en"] = sum(word in _vader().lexicon for word in words)
    likely = (told or "")[:2].lower()
    return max(LANGUAGES, key=lambda language: (hits[language], language == likely, language == "en"))


def score(text: str, language: str) -> float:
    """Return the mood of a text without tags, from -1 to 1."""
    if language == "en":
        return float(_vader().polarity_scores(text)["compound"])
    said = _lists()[language]
    words = [word.lower() for word in re.findall(r"[^\W\d_]+'?", text)]
    line, total = " ".join(words), 0.0
    for start, weight in said["words"].items():
        for place in re.finditer(rf"(?<!\w){re.escape(start)}", line):
            before = line[: place.start()].split()[-2:]
            total += -0.7 * weight if set(before) & set(said["not"]) and weight > 0 else weight
    return float(total / (total**2 + 15) ** 0.5)  # the normalisation of VADER


def mood(value: float) -> str:
    """Return the word for a score."""
    return POSITIVE if value >= _EDGE else NEGATIVE if value <= -_EDGE else NEUTRAL


@cache
def _vader() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


@cache
def _starts() -> dict[str, re.Pattern[str]]:
    return {language: re.compile("|".join(rf"\b{re.escape(word)}" for word in said["words"])) for language, said in _lists().items()}


@cache
def _lists() -> dict[str, Any]:
    return dict(yaml.safe_load(Path(__file__).with_name("words.yml").read_text()))
