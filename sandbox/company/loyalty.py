"""How customers came, how they are bound, whom they recommend us to, and how we part with those who leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from sandbox.company import texts
from sandbox.company.commerce import person_of
from sandbox.company.crm import Opportunity
from sandbox.company.params import DAY, Params, Settings, epoch
from sandbox.company.people import GROWTH_DAYS, Account, Person

EARNED_REASONS = ("Recommended by a customer", "Reputation")
BOUGHT_REASONS = ("Advertisement", "Sales contact", "Trade fair", "Bonus programme")
EXIT_REASONS = ("Price", "Product quality", "Service experience", "Competitor", "Business closed")
COMPETITORS = ("Nordvolt", "Enerplus", "Gridwise")
WIN_REASONS = ("Product quality", "Service experience", "Price", "Recommendation")
OPEN_DAYS = 60  # a referral that led nowhere is closed after this time


@dataclass(frozen=True, slots=True)
class Terms:
    """What binds an account to us, and why it chose us (None: nobody asked)."""

    auto_renew: bool
    export_available: bool
    switching_fee: float
    notice_days: int
    chose_because: str | None
    is_earned: bool | None


@dataclass(frozen=True, slots=True)
class Referral:
    """A recommendation that came to our knowledge; `won` is the account it became, if it did."""

    index: int
    referrer: Person
    won: Account | None
    origin: str | None
    at: int
    converted_at: int | None


@dataclass(frozen=True, slots=True)
class Leaver:
    """How the parting with an account went. Times are Unix seconds; None is what never happened."""

    account: Account
    person: Person
    notice_at: int
    confirmed_at: int | None
    ends_at: int
    export_at: int | None
    invoice_at: int | None
    invoice_corrected_at: int | None
    deletion_promised_at: int
    deleted_at: int | None
    rating: int | None
    rated_at: int
    reason: str
    contacts: int
    returned_at: int | None


def terms(settings: Settings, params: Params, account: Account) -> Terms:
    """Return an account's terms; they depend on nothing but the account."""
    u = np.random.default_rng([settings.seed, 972, account.index]).random(8).tolist()
    fee = 0.0 if u[2] < 0.6 else round(account.annual_revenue * (0.02 + 0.12 * u[3]), 2)
    because, earned = None, None
    if account.joined_at > settings.start:
        if u[4] < params.acquired_earned_share:
            because, earned = texts.pick(EARNED_REASONS, u[5] * 0.6), True
        elif u[4] < params.acquired_earned_share + params.acquired_bought_share:
            because, earned = texts.pick(BOUGHT_REASONS, u[5]), False
    return Terms(u[0] < params.auto_renew_share, u[1] < 0.75, fee, (14, 30, 60, 90)[int(u[6] * 4)], because, earned)


def referrals(settings: Settings, params: Params, accounts: list[Account]) -> Iterator[Referral]:
    """Yield every referral up to the present: those that became accounts, and those that led nowhere.

    Who is content recommends more often: by a factor of e to the power of `referral_mood` for each unit of a person's mood.
    """
    persons = [p for a in accounts for p in a.persons if a.joined_at <= settings.first_now + GROWTH_DAYS * DAY]
    weights = np.cumsum(np.exp(params.referral_mood * np.array([p.mood for p in persons])))

    def referrer(at: int, draws: list[float]) -> Person | None:
        for u in draws:
            person = persons[int(np.searchsorted(weights, u * weights[-1]))]
            if person.joined_at < at and not person.canary and not person.role_address:
                return person
        return None

    for account in accounts:
        because = terms(settings, params, account)
        u = np.random.default_rng([settings.seed, 973, account.index]).random(12).tolist()
        share = {True: 0.8, False: 0.12, None: 0.1}[because.is_earned]
        at = account.joined_at - int((5 + 70 * u[1]) * DAY)
        if u[0] < share and settings.start < at <= settings.now:
            who = referrer(at, u[4:])
            if who is not None and who.account is not account:
                origin = {True: "Unprompted", False: "Bonus programme", None: None}[because.is_earned]
                yield Referral(account.index, who, account, origin, at, account.joined_at)
    for day in range(settings.days):
        rng = np.random.default_rng([settings.seed, 974, day])
        for k in range(int(rng.poisson(params.referrals_per_day * settings.scale))):
            u = rng.random(12).tolist()
            at = settings.start + day * DAY + int(u[0] * DAY)
            who = referrer(at, u[4:])
            if who is not None and at <= settings.now:
                origin = "Unprompted" if u[1] < 0.7 else "Bonus programme" if u[1] < 0.9 else None
                yield Referral(1_000_000 + day * 100 + k, who, None, origin, at, None)


def leavers(settings: Settings, params: Params, accounts: list[Account]) -> Iterator[Leaver]:
    """Yield how each account that has given notice was parted with."""
    for account in accounts:
        if account.churned_at is None:
            continue
        u = np.random.default_rng([settings.seed, 975, account.index]).random(20).tolist()
        ends = account.churned_at
        # an account decides in the month its service ends, so that the past never learns of it
        month = epoch(datetime.fromtimestamp(ends, UTC).date().replace(day=1))
        notice = month + int(0.3 * (ends - month))
        if notice > settings.now:
            continue
        confirmed = notice + int(20 * 3600 * np.exp(0.9 * (2 * u[0] - 1))) if u[1] < params.leaver_confirmed_share else None
        promised = ends + 30 * DAY
        on_time = u[5] < params.leaver_deleted_share
        deleted = promised - int(u[6] * 12 * DAY) if on_time else promised + int((1 + 40 * u[6]) * DAY) if u[5] < 0.95 else None
        wrong = u[3] < params.leaver_invoice_error_share
        invoice = ends + int((4 + 12 * u[2]) * DAY)
        misses = (confirmed is None) + wrong + (not on_time)
        rating = max(1, min(5, round(3.9 - 0.8 * misses + 1.6 * (u[9] - 0.5)))) if u[8] < params.leaver_rating_share else None
        back = ends + int((80 + 480 * u[11]) * DAY) if u[10] < params.leaver_returns_share else None
        yield Leaver(
            account,
            person_of(account, u[15]),
            notice,
            confirmed,
            ends,
            ends - int(u[7] * 3 * DAY) + int(14 * u[7] ** 2 * DAY) if u[4] < params.leaver_export_share else None,
            invoice,
            invoice + int((3 + 20 * u[12]) * DAY) if wrong else None,
            promised,
            deleted,
            rating,
            ends + int((2 + 16 * u[13]) * DAY),
            texts.pick(EXIT_REASONS, u[14]),
            int(4 * u[16] ** 2),
            back,
        )


def win_reason(opportunity: Opportunity) -> str | None:
    """Return why a sale was won, for the two in three where somebody asked; it depends on nothing but the opportunity's number."""
    return texts.pick(WIN_REASONS, texts.spread(opportunity.index * 1e-4, 3)) if opportunity.index % 3 else None


def competitor(opportunity: Opportunity) -> str | None:
    """Return who was chosen in our place, if that is known."""
    if opportunity.loss_reason != "Competitor" and opportunity.index % 5:
        return None
    return texts.pick(COMPETITORS, texts.spread(opportunity.index * 1e-4, 5))
