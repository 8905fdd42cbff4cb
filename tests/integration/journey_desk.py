"""A company small enough to follow everybody by hand: what each person did on which day, as rows of the inbox."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 1, 5, 10, tzinfo=UTC)  # a Monday
LANDING, PRODUCT, FILE = "/welcome", "/products/grid-flex", "/files/price-list.pdf"

# What a person does (day:what), and the stages that follow: stage:day, with < where an earlier stage comes after a later one.
TRACES = {
    "straight": (
        "0:ad 5:search 6:page 7:page 20:call 40:won 50:ticket 90:refer",
        "attraction:0 awareness:5 discovery:7 cultivation:20 purchase:40 use:50 advocacy:90",
    ),
    "one ad": ("0:ad", "attraction:0"),
    "skips": ("0:search 3:ticket", "awareness:0 use:3"),
    "backward": ("0:ticket 5:ad 6:search", "use:0 attraction:5< awareness:6<"),
    "one page": ("1:search 2:page", "awareness:1"),
    "download": ("4:down", "discovery:4"),
    "form": ("2:gate", "cultivation:2"),
    "sale": ("3:lead 10:won", "cultivation:3 purchase:10"),
    "sold at once": ("5:won", "cultivation:5 purchase:5"),
    "contract": ("2:call", "cultivation:2 purchase:8"),
    "promoter": ("12:nps9", "advocacy:12"),
    "passive": ("1:ticket 12:nps8", "use:1"),
    "praises": ("7:praise", "advocacy:7"),
    "complains": ("0:search 4:blame", "awareness:0"),
    "machine": ("0:bot 4:ticket", "use:4"),
    "refuses": ("0:deny 9:search", "awareness:9"),
    "late row": ("10:search", "awareness:2"),  # the visit of day 2 is landed after the first build
    "fan first": ("1:refer 30:won", "advocacy:1 cultivation:30< purchase:30<"),
    "device": ("0:anon 3:login", "attraction:0 awareness:3"),
    "too late": ("0:ad 70:search", "attraction:0 awareness:70"),
    "task": ("6:task", "use:6"),
}
PSI = {"2026-04-01": (30, 10), "2026-07-01": (15, 25)}  # quarter -> persons whose first contact is an ad, and a ticket


class Rows:
    """Rows by entity, each with an id of its own."""

    def __init__(self) -> None:
        self.of: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def put(self, entity: str, at: datetime, **values: Any) -> str:
        """Put down one row that is what it is since `at`; return its id."""
        key = str(values.pop("id", f"{entity}-{len(self.of[entity])}"))
        self.of[entity].append({"id": key, "updated_at": stamp(at)} | values)
        return key

    def person(self, name: str, at: datetime = START, **more: Any) -> str:
        """Put down a person whose address is made of the name."""
        return self.put("persons", at, id=name, email=mail(name), country="DE", created_at=stamp(at), **more)

    def visit(self, name: str | None, at: datetime, **more: Any) -> None:
        """Put down one step of a visit of its own."""
        visit = {"event_type": "page_view", "page": LANDING, "referrer_type": "link", "has_consent": True}
        found = {"session_id": f"s-{len(self.of['web_events'])}", "happened_at": stamp(at), "email": mail(name) if name else None}
        self.put("web_events", at, **visit | found | more)

    def ticket(self, name: str | None, at: datetime, **more: Any) -> str:
        """Put down a ticket and its creation; `reply` and `solved` are minutes after it, `queue` and `channel` as given."""
        reply, solved, reopened = (more.pop(what, None) for what in ("reply", "solved", "reopened"))
        queue = more.pop("queue", "Desk")
        values = {"requester_id": name, "status": "solved" if solved else "open", "channel": "email", "group_name": queue}
        key = self.put("tickets", at, created_at=stamp(at), **values | more)
        self.step(key, at, "created", actor_type="requester", to_value="new")
        self.step(key, at, "comment", actor_type="requester", is_public=True)
        if reply is not None:
            self.step(key, at + timedelta(minutes=reply), "comment", actor_type="agent", is_public=True, group_name=queue)
        if solved is not None:
            self.step(key, at + timedelta(minutes=solved), "status", actor_type="agent", from_value="new", to_value="solved")
        if reopened is not None:
            self.step(key, at + timedelta(minutes=reopened), "status", actor_type="requester", from_value="solved", to_value="open")
        return key

    def step(self, ticket: str, at: datetime, what: str, **more: Any) -> None:
        """Put down one step of a ticket."""
        self.put("ticket_events", at, ticket_id=ticket, event_type=what, happened_at=stamp(at), **more)

    def answer(self, name: str | None, at: datetime, measure: str, score: float, ends: tuple[int, int] = (1, 5), **more: Any) -> None:
        """Put down one answer of a response of its own."""
        ids = {"response_id": f"r-{len(self.of['survey_answers'])}", "survey_id": f"by {measure}", "question_id": measure}
        said = {"person_id": name, "measure": measure, "score": score, "scale_min": ends[0], "scale_max": ends[1], "answered_at": stamp(at)}
        self.put("survey_answers", at, **ids | said | {"survey_type": "relationship", "is_complete": True} | more)

    def act(self, name: str, what: str, at: datetime) -> None:
        """Put down what a token of `TRACES` stands for."""
        visits: dict[str, dict[str, Any]] = {
            "ad": {"referrer_type": "campaign"},
            "search": {"referrer_type": "search"},
            "page": {"page": PRODUCT},
            "down": {"event_type": "download", "page": FILE},
            "gate": {"event_type": "gate_submit", "page": "/forms/x"},
            "task": {"event_type": "task_start", "task": "order_status"},
            "bot": {"referrer_type": "campaign", "is_bot": True},
            "deny": {"referrer_type": "campaign", "has_consent": False},
            "anon": {"referrer_type": "campaign", "visitor": "cookie-1", "email": None},
            "login": {"referrer_type": "search", "visitor": "cookie-1"},
        }
        if what in visits:
            self.visit(name, at, **visits[what])
        elif what == "ticket":
            self.ticket(name, at)
        elif what.startswith("nps"):
            self.answer(name, at, "nps", int(what[3:]), (0, 10))
        elif what in ("praise", "blame"):
            review = {"platform": "reviews", "mention_type": "review", "brand": "Haldenmark Grid", "rating_max": 5}
            self.put("mentions", at, email=mail(name), text=what, happened_at=stamp(at), rating=5 if what == "praise" else 1, **review)
        elif what == "refer":
            self.put("referrals", at, referrer_person_id=name, status="open", referred_at=stamp(at))
        else:
            step = {"activity_type": "call"} if what == "call" else {"activity_type": "opportunity_stage", "stage": "new"}
            self.put("crm_activities", at, person_id=name, happened_at=stamp(at), outcome="won" if what == "won" else None, **step)


def stamp(at: datetime) -> str:
    """Return a UTC time as files have it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def mail(name: str) -> str:
    """Return the address of a person."""
    return f"{name.replace(' ', '.')}@mail.example.org"


def day(number: float) -> datetime:
    """Return the moment so many days after the first."""
    return START + timedelta(days=number)


def at(text: str) -> datetime:
    """Return a UTC time written `2026-03-02 10:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def company() -> Rows:
    """Return everything that is known before the first build."""
    rows = Rows()
    contract = {"country": "DE", "created_at": stamp(day(0))}
    rows.put("accounts", day(0), id="a-contract", contract_start_date="2026-01-13", **contract)
    rows.put("accounts", day(0), id="a-old", contract_start_date="2025-01-01", **contract)
    rows.put("accounts", day(0), id="a-gone", contract_start_date="2025-01-01", contract_end_date="2026-03-31", **contract)
    rows.put("accounts", day(0), id="a-goods", **contract)
    rows.put("accounts", day(0), id="a-new", contract_start_date="2026-02-10", **contract)
    for name, (trace, _) in TRACES.items():
        rows.person(name, account_id="a-contract" if name == "contract" else None)
        for token in trace.split():
            number, what = token.split(":")
            rows.act(name, what, day(int(number)))
    for quarter, (ads, tickets) in PSI.items():
        for n in range(ads + tickets):
            name = rows.person(f"first {quarter} {n}")
            rows.act(name, "ad" if n < ads else "ticket", at(f"{quarter} 10:00") + timedelta(days=n % 20))
    _customers(rows)
    _last_resort(rows)
    _promises(rows)
    _improvement(rows)
    _handoffs(rows)
    _unhappy(rows)
    for n in range(10):  # who answers in the last ninety days: six of ten by the north, four by the south
        rows.ticket(None, at("2026-10-19 08:00"), channel="api", queue="Desk North" if n < 6 else "Desk South", reply=20, solved=30)
    rows.person("hours")
    for moment in HOURS:
        rows.ticket("hours", at(moment), channel="api")
    return rows


# When the clocks change (29 March and 25 October 2026 in Berlin): moment in UTC -> somebody is there from 08:00, hour of the week there
HOURS = {
    "2026-03-27 07:30": (True, 5 * 24 + 8),
    "2026-03-30 06:30": (True, 24 + 8),
    "2026-03-30 16:30": (False, 24 + 18),
    "2026-10-23 06:30": (True, 5 * 24 + 8),
    "2026-10-26 06:30": (False, 24 + 7),
}


def _customers(rows: Rows) -> None:
    """Three customers of a month: one who says what they want, one who says nothing, one who did so too long ago; one who signs."""
    for name in ("speaks", "silent", "spoke once"):
        rows.person(name, account_id="a-old", may_be_emailed=True)
        rows.ticket(name, at("2026-03-10 10:00"))
    rows.answer("speaks", at("2026-02-03 10:00"), "importance", 8, (1, 10))
    rows.answer("spoke once", at("2025-02-03 10:00"), "nps", 9, (0, 10))
    rows.person("signs", account_id="a-new")
    rows.answer("signs", at("2026-02-09 10:00"), "csat", 2, survey_type="transactional")
    rows.answer("signs", at("2026-02-10 10:00"), "csat", 5, survey_type="transactional")
    for moment in ("2026-02-09 12:00", "2026-02-10 12:00"):
        rows.act("signs", "call", at(moment))
    rows.visit("speaks", at("2026-03-11 10:00"), event_type="helpful_yes", page="/help", content="/help")


def _last_resort(rows: Rows) -> None:
    tries = {"site first": 2, "long ago": 30, "straight to us": None}  # hours between a visit and the ticket
    for name, hours in tries.items():
        rows.person(name)
        rows.ticket(name, day(9.25), channel="email", reason=name)
        if hours:
            rows.visit(name, day(9.25) - timedelta(hours=hours))
    rows.person("chat first")
    for channel, moment in (("chat", day(9)), ("email", day(9.1))):
        rows.ticket("chat first", moment, channel=channel, reason=f"{channel} of chat first")


def _promises(rows: Rows) -> None:
    """One case kept and one broken of each test, at 10:00 in Berlin on a Tuesday; thirty more of two touchpoints in May."""
    tuesday = at("2026-01-13 09:00")
    for reply in (30, 90):
        rows.ticket(None, tuesday, channel="email", reply=reply, solved=reply)
        rows.ticket(None, tuesday, channel="chat", reply=reply, solved=reply)
        rows.ticket(None, tuesday, channel="web", reply=5, solved=reply)
        rows.ticket(None, tuesday, channel="voice", reply=5, solved=reply)
        later = stamp(tuesday + timedelta(minutes=reply))
        rows.put("mentions", tuesday, platform="x", mention_type="post", text=later, happened_at=stamp(tuesday), replied_at=later)
        due = {"ordered_at": stamp(tuesday), "promised_at": stamp(tuesday + timedelta(minutes=60)), "delivered_at": later}
        rows.put("partner_orders", tuesday, order_id=f"o-{reply}", order_line=1, partner_id="a-goods", direction="buy", **due)
        rows.answer(None, tuesday, "ces", 6 if reply == 30 else 3, (1, 7), touchpoint="sales_meeting")
        rows.visit(None, tuesday, event_type="task_start", task=f"t {reply}", session_id=f"task-{reply}")
    rows.visit(None, tuesday, event_type="task_complete", task="t 30", session_id="task-30")
    rows.ticket(None, tuesday, channel="email", reply=30, solved=40, reopened=50)
    for n in range(30):
        rows.ticket(None, at("2026-05-05 08:00"), channel="email", reply=30 if n < 24 else 90, solved=100)
        rows.ticket(None, at("2026-05-05 08:00"), channel="chat", reply=30 if n < 15 else 90, solved=100)


NORTH, SOUTH, BEFORE, AFTER = "Desk North", "Desk South", "2026-02-16", "2026-05-18"
IMPROVED = {(NORTH, BEFORE): 80, (NORTH, AFTER): 128, (SOUTH, BEFORE): 88, (SOUTH, AFTER): 96}


def _improvement(rows: Rows) -> None:
    """Good answers of 160 by team, before and after what was done for the north."""
    for (queue, date), good in IMPROVED.items():
        for n in range(160):
            key = rows.ticket(None, at(f"{date} 09:00"), channel="api", queue=queue)
            about = {"trigger_source": "inbox", "trigger_id": key, "survey_type": "transactional"}
            rows.answer(None, at(f"{date} 15:00"), "csat", 5 if n < good else 2, **about)


HANDED = (10, 20, 60, None)  # minutes until the other team acted, of four handings over; None: nobody did


def _handoffs(rows: Rows) -> None:
    """Three tickets of February that the west hands to the east: one of them twice, one that nobody picks up."""
    moment, queue = at("2026-02-03 10:00"), {"from_group_name": "Desk West", "group_name": "Desk East"}
    for n, waits in enumerate((HANDED[:1], HANDED[1:3], HANDED[3:])):
        key = rows.ticket(None, moment, id=f"handed-{n}", channel="api", queue="Desk West", reply=5)
        for turn, wait in enumerate(waits):
            handed = moment + timedelta(hours=1 + 3 * turn)
            rows.step(key, handed, "group", actor_type="agent", **queue)
            if wait is not None:
                rows.step(key, handed + timedelta(minutes=wait), "comment", actor_type="agent", is_public=True)
            if turn + 1 < len(waits):
                back = {"from_group_name": "Desk East", "group_name": "Desk West"}
                rows.step(key, handed + timedelta(hours=2), "group", actor_type="agent", **back)
                rows.step(key, handed + timedelta(hours=2, minutes=7), "comment", actor_type="agent", is_public=True)


# Who answers what (measure, score, ends of the scale), hours until somebody calls, and the alert that follows: rule, hours until contact.
UNHAPPY: dict[str, tuple[list[tuple[str, float, tuple[int, int]]], float | None, tuple[str, float | None] | None]] = {
    "unhappy called": ([("nps", 6, (0, 10))], 10, ("nps", 10)),
    "unhappy alone": ([("nps", 0, (0, 10))], None, ("nps", None)),
    "unhappy too late": ([("csat", 2, (1, 5))], 31 * 24, ("csat", None)),
    "unhappy before": ([("ces", 2, (1, 7))], -5, ("ces", None)),
    "unhappy twice": ([("nps", 5, (0, 10)), ("csat", 1, (1, 5))], 1, ("csat", 1)),
    "so so nps": ([("nps", 7, (0, 10))], 1, None),
    "so so csat": ([("csat", 3, (1, 5))], 1, None),
    "so so ces": ([("ces", 3, (1, 7))], 1, None),
}
# Five whom we called and five whom we did not, all of whom gave a 3: what they give a hundred days later.
AGAIN = {"called": (8, 8, 8, 9, 7), "not called": (3, 3, 3, 4, 2)}


def _unhappy(rows: Rows) -> None:
    moment = at("2025-06-10 10:00")
    for name, (answers, hours, _) in UNHAPPY.items():
        rows.person(name)
        for measure, score, ends in answers:
            rows.answer(name, moment, measure, score, ends, response_id=f"r {name}", survey_id=f"unhappy {name}")
        if hours is not None:
            rows.act(name, "call", moment + timedelta(hours=hours))
    for kind, scores in AGAIN.items():
        for n, score in enumerate(scores):
            name = rows.person(f"{kind} {n}")
            for when, given in ((moment, 3), (moment + timedelta(days=100), score)):
                rows.answer(name, when, "nps", given, (0, 10), survey_id=f"again {when:%m}")
            if kind == "called":
                rows.act(name, "call", moment + timedelta(hours=1))
