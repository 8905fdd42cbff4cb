"""The three questionnaires: their questions, scales and embedded data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.company.surveys import PULSE, PULSE_ITEMS, RELATIONSHIP, TRANSACTIONAL
from sandbox.vendors.qualtrics.further import RELATIONSHIP_FURTHER, TRANSACTIONAL_FURTHER, Further


@dataclass(frozen=True)
class Question:
    """One question: what it measures in the company, its id, text and scale (`top` 0 for free text)."""

    measure: str
    qid: str
    tag: str
    text: str
    low: int
    top: int
    selector: str = "SAVR"


@dataclass(frozen=True)
class Questionnaire:
    """One survey as it is known to Qualtrics."""

    kind: str
    id: str
    name: str
    questions: tuple[Question, ...]
    embedded: tuple[str, ...]


NPS_TEXT = "How likely are you to recommend {} to a friend or colleague?"
DRIVER_TEXT = {
    "reliability": "The supply is reliable.",
    "support": "I get help when I need it.",
    "ease_of_use": "Portal and meters are easy to use.",
    "value_for_money": "What we get is worth the price.",
    "billing_clarity": "Invoices are clear.",
}
PULSE_TEXT = {
    "meaning": "My work is meaningful.",
    "balance": "Work leaves me enough time for the rest of my life.",
    "purpose": "I know what my team's work is good for.",
    "growth": "I learn and grow here.",
    "manager": "My manager cares about me.",
}


def _further(found: tuple[Further, ...]) -> tuple[Question, ...]:
    ends = [f"{number}_{line}" if line else str(number) for _, number, line, *_ in found]
    return tuple(
        Question(measure, f"QID{end}", f"Q{end}", text, low, top) for end, (measure, _, _, text, low, top) in zip(ends, found, strict=True)
    )


SURVEYS = {
    RELATIONSHIP: Questionnaire(
        RELATIONSHIP,
        "SV_hgRelationship001",
        "Customer relationship survey",
        (
            Question("nps", "QID1", "Q1_NPS", NPS_TEXT.format("Haldenmark Grid"), 0, 10, "NPS"),
            *(Question(k, f"QID2_{n}", f"Q2_{n}", text, 1, 5) for n, (k, text) in enumerate(DRIVER_TEXT.items(), 1)),
            Question("comment", "QID3_TEXT", "Q3", "What is the main reason for your score?", 0, 0, "ML"),
            *_further(RELATIONSHIP_FURTHER),
        ),
        ("accountId", "contactId", "country", "segment", "wave"),
    ),
    TRANSACTIONAL: Questionnaire(
        TRANSACTIONAL,
        "SV_hgTransaction0001",
        "After-contact survey",
        (
            Question("csat", "QID1", "Q1_CSAT", "How satisfied are you with how we handled your request?", 1, 5),
            Question("ces", "QID2", "Q2_CES", "It was easy to get my request solved.", 1, 7),
            Question("nps", "QID3", "Q3_NPS", NPS_TEXT.format("Haldenmark Grid after this contact"), 0, 10, "NPS"),
            Question("expectation", "QID4", "Q4_EXPECT", "How quickly did you expect an answer? (1 = not quickly, 7 = at once)", 1, 7),
            Question("perception", "QID5", "Q5_PERCEIVE", "How quickly was it answered? (1 = not quickly, 7 = at once)", 1, 7),
            Question("solved", "QID6", "Q6_SOLVED", "Was your request solved? (1 = yes, 2 = no)", 1, 2),
            Question("comment", "QID7_TEXT", "Q7", "Anything else?", 0, 0, "ML"),
            *_further(TRANSACTIONAL_FURTHER),
        ),
        ("ticketId", "accountId", "contactId", "country", "queue", "channel"),
    ),
    PULSE: Questionnaire(
        PULSE,
        "SV_hgPulse0000000001",
        "Employee pulse",
        (
            *(Question(k, f"QID1_{n}", f"Q1_{n}", PULSE_TEXT[k], 1, 5) for n, k in enumerate(PULSE_ITEMS, 1)),
            Question("nps", "QID2", "Q2_ENPS", NPS_TEXT.format("Haldenmark Grid as a place to work"), 0, 10, "NPS"),
            Question("comment", "QID3_TEXT", "Q3", "What should we change first?", 0, 0, "ML"),
        ),
        ("teamId", "team", "wave"),
    ),
}


def definition(survey: Questionnaire, created: str) -> dict[str, Any]:
    """Return the definition: https://api.qualtrics.com/0d5286d3ead00-get-survey. Items of a matrix share one question."""
    questions: dict[str, Any] = {}
    for question in survey.questions:
        qid, _, part = question.qid.partition("_")
        entry = questions.setdefault(
            qid,
            {
                "QuestionID": qid,
                "DataExportTag": question.tag.split("_")[0] if part and part != "TEXT" else question.tag,
                "QuestionText": question.text,
                "QuestionType": "TE" if not question.top else "Matrix" if part else "MC",
                "Selector": "Likert" if part and question.top else question.selector,
                "Language": [],
                "Validation": {"Settings": {"ForceResponse": "OFF"}},
            },
        )
        scale = {str(v): {"Display": str(v)} for v in range(question.low, question.top + 1)} if question.top else {}
        if part and question.top:
            entry["QuestionText"] = "How much do you agree?"
            entry.setdefault("Choices", {})[part] = {"Display": question.text}
            entry["Answers"] = scale
        elif question.top:
            entry["Choices"] = scale
    flow = [
        {
            "Type": "EmbeddedData",
            "FlowID": "FL_2",
            "EmbeddedData": [{"Description": e, "Type": "Recipient", "Field": e} for e in survey.embedded],
        },
        {"Type": "Standard", "ID": "BL_1", "FlowID": "FL_3"},
    ]
    return {
        "SurveyID": survey.id,
        "SurveyName": survey.name,
        "SurveyStatus": "Active",
        "OwnerID": "UR_hg0000000000001",
        "CreatorID": "UR_hg0000000000001",
        "BrandID": "haldenmark",
        "DivisionID": None,
        "SurveyStartDate": created,
        "SurveyExpirationDate": None,
        "LastModified": created,
        "CreationDate": created,
        "Questions": questions,
        "Blocks": {
            "BL_1": {
                "Type": "Default",
                "Description": "Questions",
                "ID": "BL_1",
                "BlockElements": [{"Type": "Question", "QuestionID": q} for q in questions],
            }
        },
        "SurveyFlow": {"Type": "Root", "FlowID": "FL_1", "Flow": flow, "Properties": {"Count": 3}},
    }
