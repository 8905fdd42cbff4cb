"""Would catch: moods that are wrong more often than said, topics that cannot be explained, and shares that hide their error."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pytest
import yaml
from rapport.analysis.texts import error, mood, moods, page, topics
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


def test_sensitivity_and_specificity_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: rows and columns of the count exchanged.

    Of 10 negative 6 are found, 2 of 30 others are taken for negative: 0.6, 28/30, F1 = 12 / (10 + 8).
    """
    counts = {
        "negative": {"negative": 6, "neutral": 3, "positive": 1},
        "neutral": {"negative": 2, "neutral": 8, "positive": 0},
        "positive": {"negative": 0, "neutral": 5, "positive": 15},
    }
    corpus = {"id": "c", "language": "en", "used_for": "mention", "counts": counts}
    monkeypatch.setattr(error, "published", lambda: {"corpora": [corpus]})
    row = error.known().set_index(["corpus", "mood"]).loc[("c", "negative")]
    assert (row["sensitivity"], row["specificity"], row["f1"]) == pytest.approx((0.6, 28 / 30, 12 / 18))
    assert (row["n"], row["n_with"], row["n_without"]) == (40, 10, 30)
    assert row["sensitivity_low"] < 0.6 < row["sensitivity_high"]
    # agreed 29 of 40; by chance 10*8 + 10*16 + 20*16 = 560 of 1600
    assert row["kappa"] == pytest.approx((29 / 40 - 0.35) / 0.65)


def test_the_error_of_the_moods_is_what_the_page_says() -> None:
    """Would catch: a change of the classifier that makes it worse, a page that says otherwise, and another VADER than was measured."""
    assert (checkout() / page.FILE).read_text() == page.page(), "run `rapport docs`"
    assert error.published()["vader"] == version("vaderSentiment")
    known = error.known().set_index(["corpus", "mood"])
    own = known.loc[("own_sentences", "negative")]
    assert own["n"] == 116
    assert pd.isna(own["used_for"]), "fewer than 300 mend nothing"
    assert own["macro_f1"] == pytest.approx(0.64, abs=0.03)
    assert set(known["language"]) == {"en"}, "other languages have word lists and no sample they were not written with"


@pytest.mark.skipif(not os.environ.get("RAPPORT_SHARED"), reason="needs the published human ratings: set RAPPORT_SHARED")
@pytest.mark.parametrize(("corpus", "file"), [("tweets", "tweets"), ("product_reviews", "amazonReviewSnippets")])
def test_the_error_is_that_on_the_published_ratings(corpus: str, file: str) -> None:
    """Would catch: published errors that nobody measured. Ratings from -4 to 4; within 0.5 of the middle counts as neutral."""
    rated = pd.read_csv(
        Path(os.environ["RAPPORT_SHARED"]) / "data" / "sentiment" / f"{file}_GroundTruth.txt",
        sep="\t", header=None, names=["id", "rating", "text"], quoting=3,
    )  # fmt: skip
    rated["label"] = ["positive" if r > 0.5 else "negative" if r < -0.5 else "neutral" for r in rated["rating"]]
    held = {each["id"]: each["counts"] for each in error.published()["corpora"]}
    assert error.counted(rated.assign(language="en")) == held[corpus]


def test_moods_are_mended_by_the_error_of_their_kind_or_not_shown() -> None:
    """Would catch: mentions mended by the error on reviews, a share of ten people, and a language whose error nobody has measured."""
    known = error.known()
    feelings = ["positive"] * 12 + ["negative"] * 6 + ["neutral"] * 2
    texts = pd.concat(
        pd.DataFrame({"text_kind": kind, "language": language, "mood": feelings[:n], "person": [f"{kind}{i}" for i in range(n)]})
        for kind, language, n in (("mention", "en", 20), ("survey_answer", "en", 20), ("survey_answer", "de", 20), ("mention", "fr", 9))
    )
    rows = moods.moods(texts, known)
    found = {(row["text_kind"], row["language"], row["mood"]): row for row in rows}
    assert ("mention", "fr", "positive") not in found, "nine people"
    assert found["survey_answer", "de", "positive"]["refused_reason"] == "no 300 labelled texts of this kind and language"
    posts = known[(known["corpus"] == "tweets") & (known["mood"] == "positive")].iloc[0]
    mended = (0.6 + posts["specificity"] - 1) / (posts["sensitivity"] + posts["specificity"] - 1)
    assert found["mention", "en", "positive"]["share"] == pytest.approx(mended)
    assert found["mention", "en", "positive"]["corpus"] == "tweets"
    assert found["survey_answer", "en", "positive"]["corpus"] == "product_reviews"
    told = moods.net(rows, len(texts))
    assert (told["n"], told["n_eligible"]) == (40, 69)
    each = [
        100 * (found[kind, "en", "positive"]["share"] - found[kind, "en", "negative"]["share"]) for kind in ("mention", "survey_answer")
    ]
    assert told["value"] == pytest.approx(sum(each) / 2)
    assert told["low"] < told["value"] < told["high"]
    none = moods.net([row for row in rows if row["language"] == "de"], 20)
    assert none["refused_reason"] == "no 300 labelled texts of this kind and language"


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
