"""Would catch: moods that are wrong more often than said, topics that cannot be explained, and shares that hide their error."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest
import yaml
from rapport.analysis.texts import error, mood, topics
from rapport.analysis.texts.step import labelled
from rapport.home import checkout

TOPICS = [{"unless": [], **topic} for topic in yaml.safe_load((checkout() / "config" / "topics.yml").read_text())["topics"]]


def test_a_share_is_mended_by_the_error_of_the_classifier() -> None:
    """Would catch: a formula turned round. (0.30 + 0.9 - 1) / (0.8 + 0.9 - 1) = 0.2 / 0.7 = 0.2857."""
    found = error.mended(0.30, 1000, (0.8, 400), (0.9, 400))
    assert found is not None
    assert found.value == pytest.approx(0.2857, abs=1e-4)
    assert found.low < 0.2857 < found.high
    rough = error.mended(0.30, 1000, (0.8, 20), (0.9, 20))
    assert rough is not None
    assert rough.high - rough.low > 2 * (found.high - found.low)
    assert error.mended(0.30, 1000, (0.6, 400), (0.65, 400)) is None, "0.6 + 0.65 - 1 = 0.25 is below 0.3"


def test_kappa_by_hand() -> None:
    """Would catch: agreement that chance is not taken out of: 3 of 4 agree, chance is (2*1 + 2*3)/16 = 0.5, kappa (0.75-0.5)/0.5."""
    assert error.kappa(["p", "p", "n", "n"], ["p", "n", "n", "n"]) == pytest.approx(0.5)


def test_the_error_of_the_moods_is_what_the_page_says() -> None:
    """Would catch: a change of the classifier that makes it worse, or a labelled sample that it was fitted to."""
    known = error.measured(error.shipped())
    assert set(known["language"]) == {"en"}, "other languages have word lists and no sample they were not written with"
    bad = known.set_index("mood").loc["negative"]
    assert bad["n"] == 116
    assert bad["sensitivity"] + bad["specificity"] - 1 > 0.3
    assert bad["macro_f1"] == pytest.approx(0.64, abs=0.03)


@pytest.mark.skipif(not os.environ.get("RAPPORT_SHARED"), reason="needs the published human ratings: set RAPPORT_SHARED")
def test_against_published_human_ratings() -> None:
    """Would catch: a classifier that only knows our own sentences. Ratings from -4 to 4; within 0.5 of the middle counts as neutral."""
    rated = pd.read_csv(
        Path(os.environ["RAPPORT_SHARED"]) / "data" / "sentiment" / "tweets_GroundTruth.txt",
        sep="\t", header=None, names=["id", "rating", "text"], quoting=3,
    ).iloc[:1500]  # fmt: skip
    rated["label"] = ["positive" if r > 0.5 else "negative" if r < -0.5 else "neutral" for r in rated["rating"]]
    known = error.measured(rated.assign(language="en")).set_index("mood")
    assert known.loc["negative", "sensitivity"] + known.loc["negative", "specificity"] - 1 > 0.5
    assert known.loc["positive", "macro_f1"] > 0.65


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Nobody called me back and the invoice is wrong.", {"no_answer", "invoice"}),
        ("Quick reply and friendly staff.", {"quick", "friendly"}),
        ("Not quick at all, terrible.", set()),
        ("Die Rechnung ist schon wieder falsch.", {"invoice"}),
        ("The contract ends in June.", set()),
    ],
)
def test_a_topic_is_found_by_its_words_and_by_nothing_else(text: str, found: set[str]) -> None:
    """Would catch: a star that stands for too much, a gain read out of a complaint, a language that is not looked at."""
    language = mood.language_of(text, None)
    known = topics.found(text, language, mood.mood(mood.score(text, language)), topics.compiled(TOPICS))
    assert {topic.id for topic in known} == found


def test_labels_hold_no_word_of_a_text_and_are_the_same_every_time() -> None:
    """Would catch: a text that is copied into the labels, and labels that depend on anything but the text."""
    text = "Nobody called <PERSON> back at Rumpelstiltskin street."
    columns = ["text_kind", "source", "source_id", "language", "words", "text_fingerprint"]
    texts = pd.DataFrame([("survey_answer", "x", "1", "en", text, "f1")], columns=columns)
    labels, coded = labelled(texts, TOPICS, "r1")
    assert labels.equals(labelled(texts, TOPICS, "r1")[0])
    assert list(coded["topic"]) == ["no_answer"]
    values = " ".join(str(value) for frame in (labels, coded) for value in frame.to_numpy().ravel())
    assert not {"rumpelstiltskin", "street", "called"} & set(values.lower().split())
