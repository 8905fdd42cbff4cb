"""Planted identifiers: twelve people whose data stands in every system and in free text, to test that nothing gets through."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sandbox.company.history import ScriptedTicket
from sandbox.company.params import DAY, Settings
from sandbox.company.people import Account, Person
from sandbox.company.places import BY_CODE, national
from sandbox.company.staff import DOMAIN, Employee, Unit

CUSTOMERS = (
    ("Quillon", "Abernaut", "GB", "+447700984411"),
    ("Sidonie", "Vexelaar", "NL", "+31698765411"),
    ("Thaddeus", "Mulgrewson", "US", "+14155529911"),
    ("Ysolde", "Krähenbrinck", "DE", "+4915129876411"),
    ("Florimond", "d'Escayrac", "FR", "+33698765412"),
    ("Zenobia", "Quantrillo", "ES", "+34698765413"),
    ("Ignatius", "Bellwhistle", "IE", "+353879876411"),
    ("Perpetua", "Srinivalli", "IN", "+919876598711"),
)
STAFF = (
    ("Balthazar", "Ottershaw", "+447700984422"),
    ("Clementia", "Dragomirsky", "+12125529922"),
    ("Evander", "Holzapfelt", "+4915129876422"),
    ("Wilhelmina", "Trevorrowe", "+33698765422"),
)
IBANS = (
    "DE44500105175407324931",
    "GB33BUKB20201555555555",
    "FR7630006000011234567890189",
    "NL02ABNA0123456789",
    "ES9121000418450200051332",
)
CARDS = ("4929 1212 3434 5654", "5425 2334 3010 9903", "378282246310005", "6011000991300009", "4263982640269299")
EXTRA_EMAILS = (
    "abernaut.quillon+invoices@posteo.example.net",
    "sidonie_vexelaar@kpnmail.example.net",
    "t.mulgrewson@oldcompany.example.org",
    "krähenbrinck@müllerbau.example.com",
)


@dataclass(frozen=True)
class Canary:
    """One planted identifier.

    Attributes:
        kind: `email`, `phone`, `name`, `iban` or `card`.
        forms: every way in which it is written somewhere.
        known: whether a directory (helpdesk, CRM or HR) holds it in a structured field.
    """

    id: str
    kind: str
    forms: tuple[str, ...]
    known: bool

    def as_dict(self) -> dict[str, object]:
        """Return plain values."""
        return asdict(self)


def plant(settings: Settings, accounts: list[Account], units: list[Unit]) -> list[Canary]:
    """Turn the last persons of the first accounts into canaries, and four support agents; return all 50 identifiers."""
    canaries: list[Canary] = []
    helpdesk = [u for u in units if u.is_helpdesk and u.facing]
    for k, (first, last, code, phone) in enumerate(CUSTOMERS):
        account = accounts[k]
        account.joined_at = min(account.joined_at, settings.start - 30 * DAY)
        account.contract_start = account.joined_at
        person = account.persons[-1]
        person.first, person.last, person.country, person.phone = first, last, BY_CODE[code], phone
        person.email = f"{first}.{last}".lower().replace("'", "").replace("ä", "ae") + f"@canary-{k + 1}.{account.domain}"
        person.private_email = EXTRA_EMAILS[k] if k < len(EXTRA_EMAILS) else None
        person.has_phone, person.joined_at, person.deleted_at = True, account.joined_at, None
        person.role_address, person.canary, person.has_consent = False, True, True
        canaries += [
            Canary(f"customer-{k + 1}-name", "name", (person.name,), known=True),
            Canary(f"customer-{k + 1}-email", "email", (person.email,), known=True),
            Canary(f"customer-{k + 1}-phone", "phone", (phone, national(phone, person.country)), known=True),
        ]
    for k, (first, last, phone) in enumerate(STAFF):
        employee = next(e for e in helpdesk[k].members if e.works(settings.start) and e.jobs[0].unit is helpdesk[k])
        employee.first, employee.last, employee.phone, employee.canary = first, last, phone, True
        employee.email = f"{first}.{last}@{DOMAIN}".lower()
        employee.left_at = employee.leave_reason = None
        canaries += [
            Canary(f"staff-{k + 1}-name", "name", (employee.name,), known=True),
            Canary(f"staff-{k + 1}-email", "email", (employee.email,), known=True),
            Canary(f"staff-{k + 1}-phone", "phone", (phone,), known=True),
        ]
    canaries += [Canary(f"iban-{k + 1}", "iban", (v,), known=False) for k, v in enumerate(IBANS)]
    canaries += [Canary(f"card-{k + 1}", "card", (v,), known=False) for k, v in enumerate(CARDS)]
    canaries += [Canary(f"email-{k + 1}", "email", (v,), known=False) for k, v in enumerate(EXTRA_EMAILS)]
    return canaries


def secrets_of(k: int) -> str:
    """Return the free-text sentence that carries a canary's bank details and second address."""
    parts = [
        f"IBAN {IBANS[k]}" if k < len(IBANS) else "",
        f"card {CARDS[k]}" if k < len(CARDS) else "",
        f"or write to {EXTRA_EMAILS[k]}" if k < len(EXTRA_EMAILS) else "",
    ]
    return ", ".join(p for p in parts if p)


def scripts(persons: list[Person], employees: list[Employee]) -> list[ScriptedTicket]:
    """Return the tickets in which the canaries write down who they are."""
    agents = [e for e in employees if e.canary]
    found = []
    for k, person in enumerate(p for p in persons if p.canary):
        agent = agents[k % len(agents)]
        text = (
            f"Hello,\n\nthis is {person.name}. Please call me on {person.phone} or answer to {person.email}. "
            f"I spoke to {agent.name} ({agent.email}, {agent.phone}) last week. {secrets_of(k)}\n\nRegards\n{person.name}"
        )
        found.append(ScriptedTicket(40 + 60 * k, person, "billing", text, f"Invoice question, call {person.phone}"))
    return found
