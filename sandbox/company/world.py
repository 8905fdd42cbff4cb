"""The whole company at its present: a pure function of seed, scale and clock."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sandbox.company import canaries, opinions
from sandbox.company.canaries import Canary
from sandbox.company.chats import Chats
from sandbox.company.content import with_content
from sandbox.company.crm import Activity, Lead, Opportunity, Sales, leads
from sandbox.company.history import Helpdesk
from sandbox.company.invitations import Invitation, invitations
from sandbox.company.mentions import Mention, mentions
from sandbox.company.params import Params, Settings
from sandbox.company.people import Account, Person, make_accounts, make_persons
from sandbox.company.staff import Employee, Unit, make_employees, make_units
from sandbox.company.surveys import Response, Surveys
from sandbox.company.tickets import Ticket
from sandbox.company.web import Visit, Website


@dataclass
class World:
    """Everything that is true about the company; vendors see parts of it."""

    settings: Settings
    params: Params
    accounts: list[Account]
    persons: list[Person]
    units: list[Unit]
    employees: list[Employee]
    tickets: list[Ticket]
    chats: Chats
    responses: list[Response]
    invitations: list[Invitation]
    opportunities: list[Opportunity]
    activities: list[Activity]
    leads: list[Lead]
    visits: list[Visit]
    canaries: list[Canary]

    @property
    def now(self) -> int:
        """The present, Unix seconds."""
        return self.settings.now

    @property
    def conversations(self) -> list[Ticket]:
        """What the helpdesk holds: tickets, and chats that began with the assistant."""
        return [*self.tickets, *self.chats.tickets]

    @cached_property
    def mentions(self) -> list[Mention]:
        """What is said about the company in public."""
        return mentions(self.settings, self.params, self.persons)


def build(settings: Settings, params: Params | None = None) -> World:
    """Simulate the company from the start of its history to its present."""
    params = params or Params.of(settings)
    accounts = make_accounts(settings, params)
    persons = make_persons(settings, params, accounts)
    units = make_units(settings)
    employees = make_employees(settings, params, units)
    planted = canaries.plant(settings, accounts, units)
    scripted = canaries.scripts(persons, employees)
    desk = Helpdesk(settings, params, accounts, persons, employees=employees, units=units, scripted=scripted)
    tickets = desk.run()
    sales = Sales(settings, accounts, units)
    sales.run()
    surveys = Surveys(settings, params, persons, tickets)
    responses = surveys.run(employees)
    opinions.add(settings, params, responses)
    prospects = leads(settings, persons)
    return World(
        settings=settings,
        params=params,
        accounts=accounts,
        persons=persons,
        units=units,
        employees=employees,
        tickets=tickets,
        chats=desk.chats,
        responses=[response for response in responses if response.recorded_at <= settings.now],
        invitations=invitations(settings, params, responses, surveys.silent),
        opportunities=sales.opportunities,
        activities=sales.activities,
        leads=prospects,
        visits=with_content(settings, params, Website(settings, params, persons).run(), prospects),
        canaries=planted,
    )
