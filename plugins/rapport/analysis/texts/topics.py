"""Pains and gains of a text, by the words of config/topics.yml and by nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rapport.analysis.texts.mood import NEGATIVE


@dataclass(frozen=True)
class Topic:
    """A topic with the words that show it, by language, and those that take it back."""

    id: str
    kind: str
    words: Mapping[str, re.Pattern[str]]
    unless: re.Pattern[str] | None


def compiled(topics: Iterable[Mapping[str, Any]]) -> list[Topic]:
    """Return the topics of the settings, ready to be looked for."""
    return [
        Topic(
            topic["id"],
            topic["kind"],
            {language: _pattern(words) for language, words in topic["words"].items()},
            _pattern(topic["unless"]) if topic["unless"] else None,
        )
        for topic in topics
    ]


def found(text: str, language: str, feeling: str, topics: Iterable[Topic]) -> list[Topic]:
    """Return the topics of a text without tags; a text in a bad mood has no gains."""
    line = " ".join(text.lower().split())
    return [
        topic
        for topic in topics
        if language in topic.words
        and not (topic.kind == "gain" and feeling == NEGATIVE)
        and topic.words[language].search(line)
        and not (topic.unless and topic.unless.search(line))
    ]


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """A star inside is up to three words, one at the end the rest of the word."""
    parts = []
    for word in words:
        inside = r"(?:\w+\W+){0,3}?".join(re.escape(part.strip()) + r"\W+" for part in word.rstrip("*").split(" * "))
        inside = inside.removesuffix(r"\W+")
        parts.append(rf"\b{inside}" + (r"\w*" if word.endswith("*") else r"\b"))
    return re.compile("|".join(parts))
