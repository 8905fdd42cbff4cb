"""`topics.yml`: what people write about, and the words by which it is known."""

from __future__ import annotations

from typing import Any

from rapport.declarations.document import Document
from rapport.warehouse.dbt_config.reading import Known, once


def read(document: Document, _known: Known) -> dict[str, Any]:
    """Return `topics`.

    Raises:
        DeclarationError: a topic stands twice, or a word of it is nothing but a star.
    """
    topics = document.value["topics"]
    once(document, ("topics",), topics)
    for number, topic in enumerate(topics):
        for language, words in {**topic["words"], "": topic.get("unless", [])}.items():
            for index, word in enumerate(words):
                if not word.replace("*", "").strip():
                    place = ("words", language) if language else ("unless",)
                    raise document.error(("topics", number, *place, index), "would stand for every word")
    return {"topics": [{"unless": [], **topic} for topic in topics]}
