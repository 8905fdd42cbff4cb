"""What the questionnaires ask beyond score, drivers and comment: one table for every survey tool of the company."""

from __future__ import annotations

from sandbox.company.opinions import CHANNELS, HUMAN, REASONS, TRUST

Further = tuple[str, int, int, str, int, int]  # measure, question, line of an array (0: none), text, lowest and highest answer

IMPORTANCE_TEXT = "How important is this to you? (1 = not at all, 10 = more than anything): {}"
DRIVER_NAMES = {
    "reliability": "reliable supply",
    "support": "help when I need it",
    "ease_of_use": "a portal and meters that are easy to use",
    "value_for_money": "a fair price",
    "billing_clarity": "clear invoices",
}
TRUST_TEXT = (
    "The people who serve me know their job.",
    "Your processes work without me having to push.",
    "Your technology helps me and does not take advantage of me.",
    "Your products do what they promise.",
    "My data is safe with you.",
    "If I left, you would treat me fairly.",
    "I stay because I want to, not because I have to.",
)
HUMAN_TEXT = ("I feel respected.", "I feel heard.", "I feel in control of what happens.", "My time is respected.")
PROMISE_TEXT = (
    "Which of these do we promise? (1 = the lowest price, 2 = an answer within four hours, 3 = a free meter, 4 = a gift at renewal)"
)
TOUCHPOINT_TEXT = {"visit_website": "finding what you need on our website", "sales_meeting": "meetings with your account manager"}
EXPECTED_TEXT = "What did you expect of {}? (1 = little, 7 = a lot)"
PERCEIVED_TEXT = "And what did you get of {}? (1 = little, 7 = a lot)"


def _numbered(options: tuple[str, ...]) -> str:
    return ", ".join(f"{number} = {option}" for number, option in enumerate(options, 1))


RELATIONSHIP_FURTHER: tuple[Further, ...] = (
    *((f"importance_{k}", 4, n, IMPORTANCE_TEXT.format(text), 1, 10) for n, (k, text) in enumerate(DRIVER_NAMES.items(), 1)),
    ("preferred_channel", 5, 0, f"How do you like to reach us? ({_numbered(CHANNELS)})", 1, len(CHANNELS)),
    ("main_reason", 6, 0, f"What was the main reason to choose us? ({_numbered(REASONS)})", 1, len(REASONS)),
    *((k, 7, n, text, 1, 5) for n, (k, text) in enumerate(zip(TRUST, TRUST_TEXT, strict=True), 1)),
    *((k, 8, n, text, 1, 5) for n, (k, text) in enumerate(zip(HUMAN, HUMAN_TEXT, strict=True), 1)),
    ("promise", 9, 0, PROMISE_TEXT, 1, 4),
    ("would_miss", 10, 0, "I would miss you if you were no longer there.", 1, 5),
    ("relative_preference", 11, 0, "Compared with other suppliers (1 = far worse, 4 = the same, 7 = far better)", 1, 7),
    *((f"expectation_{k}", 12, n, EXPECTED_TEXT.format(text), 1, 7) for n, (k, text) in enumerate(TOUCHPOINT_TEXT.items(), 1)),
    *((f"perception_{k}", 13, n, PERCEIVED_TEXT.format(text), 1, 7) for n, (k, text) in enumerate(TOUCHPOINT_TEXT.items(), 1)),
)
TRANSACTIONAL_FURTHER: tuple[Further, ...] = (
    ("competent", 8, 0, "The person who helped me knew what they were doing.", 1, 5),
    ("treated_as_person", 9, 0, "I was treated as a person.", 1, 5),
    ("repeated", 10, 0, "Did you have to repeat yourself? (1 = yes, 2 = no)", 1, 2),
)
