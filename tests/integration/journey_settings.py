"""What the small company of `journey_desk` has promised, answered and done, as files of its `config/`."""

TESTS = {
    "reply": ("ask_by_email", "ticket", "first_reply_calendar_minutes", "at_most", 60, "minutes"),
    "once": ("ask_by_email", "ticket", "reopens", "at_most", 0, "count"),
    "chat": ("ask_by_chat", "ticket", "first_reply_business_minutes", "at_most", 60, "minutes"),
    "form": ("ask_by_form", "ticket", "first_solved_calendar_minutes", "at_most", 60, "minutes"),
    "phone": ("ask_by_phone", "ticket", "first_solved_business_minutes", "at_most", 60, "minutes"),
    "online": ("visit_website", "web_task", "is_completed", "at_least", 1, "share"),
    "meeting": ("sales_meeting", "survey_answer", "score", "at_least", 5, "score"),
    "public": ("speak_in_public", "mention", "reply_minutes", "at_most", 60, "minutes"),
    "goods": ("order_goods", "partner_order", "days_late", "at_most", 0, "days"),
}
PROMISES = "promises:\n" + "".join(
    f"  - {{id: {key}, touchpoint: {where}, text: We do, owner: cx,"
    f" test: {{fact: {fact}, measure: {what}, kept: {kept}, than: {than}, unit: {unit}}}}}\n"
    for key, (where, fact, what, kept, than, unit) in TESTS.items()
)
FIVEW = """
items:
  - {w: who, state: as_is, answer: Both desks, owner: service, answered_on: 2026-10-01, confidence: high}
  - {w: who, state: should_be, answer: The south more, owner: service, answered_on: 2026-10-01, confidence: high,
     target_mix: {Desk North: 0.4, Desk South: 0.6}}
  - {w: why, state: as_is, answer: Long ago, owner: cx, answered_on: 2026-01-20, confidence: low}
"""
ACTIONS = """
actions:
  - {id: north, title: Training in the north, owner: service, functions: [service], metric: csat, opened_on: 2026-04-01, due_on: 2026-04-30,
     done_on: 2026-04-15, success_at: 0.1, cut_by: queue, treated: [Desk North], control: [Desk South]}
  - {id: alone, title: Nothing to compare, owner: service, functions: [service], metric: csat, opened_on: 2026-04-01, due_on: 2026-04-30,
     done_on: 2026-04-15, success_at: 0.1}
"""
SETTINGS = {"promises": PROMISES, "fivew": FIVEW, "actions": ACTIONS}
