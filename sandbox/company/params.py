"""What is planted in the company: the truth that measurements are later compared with."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import gmtime, strftime
from typing import Any

DAY = 86_400
HISTORY_START = date(2024, 9, 1)
DEFAULT_CLOCK = date(2026, 10, 31)
PLANTED, NONE = "planted", "none"


def epoch(day: date) -> int:
    """Return the Unix time of a day's first second in UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def iso(seconds: int) -> str:
    """Return a Unix time as `2026-10-31T12:00:00Z`."""
    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(seconds))  # quicker than datetime, and called a million times


@dataclass(frozen=True)
class Settings:
    """Which company: where its state lives and what decides it."""

    home: Path
    scale: float = 1.0
    seed: int = 7
    clock: date = DEFAULT_CLOCK
    vendors: tuple[str, ...] | None = None  # the systems it is seen through; None: those the home holds, or the default ones
    effects: str = PLANTED  # which world: `planted`, or `none` of the effects (a null world)
    advanced: int = 0  # days since that clock: what `advance` moves; the people are drawn for `clock`, so that they stay who they are

    @classmethod
    def from_environment(cls) -> Settings:
        """Read `RAPPORT_SANDBOX_HOME`, `RAPPORT_SANDBOX_SCALE`, `RAPPORT_SANDBOX_SEED` and `RAPPORT_SANDBOX_EFFECTS`."""
        said = os.environ.get
        home = Path(said("RAPPORT_SANDBOX_HOME", ".rapport-sandbox")).expanduser().resolve()
        scale, seed = float(said("RAPPORT_SANDBOX_SCALE", "1.0")), int(said("RAPPORT_SANDBOX_SEED", "7"))
        return cls(home, scale, seed, effects=said("RAPPORT_SANDBOX_EFFECTS", PLANTED))

    def __post_init__(self) -> None:
        if self.effects not in (PLANTED, NONE):
            raise ValueError(f"RAPPORT_SANDBOX_EFFECTS is {self.effects}: {PLANTED} or {NONE}")

    @property
    def now(self) -> int:
        """The company's present, Unix seconds."""
        return self.first_now + self.advanced * DAY

    @property
    def first_now(self) -> int:
        """The present of the company before any `advance`, Unix seconds."""
        return epoch(self.clock)

    @property
    def start(self) -> int:
        """The first second of history."""
        return epoch(HISTORY_START)

    @property
    def days(self) -> int:
        """Whole days between the start of history and the present."""
        return (self.clock - HISTORY_START).days + self.advanced

    def day(self, index: int) -> date:
        """Return the calendar day with this index in history."""
        return HISTORY_START + timedelta(days=index)


@dataclass(frozen=True)
class Params:
    """Sizes and planted effects. Shares are 0–1, times minutes unless the name says otherwise."""

    accounts: int = 1500
    persons_per_account: float = 3.65
    employees: int = 640
    growth_per_month: float = 0.012
    tickets_per_day: float = 22.0
    visits_per_day: float = 52.0
    bot_visit_share: float = 0.06
    gate_view_share: float = 0.09
    gate_submit_share: float = 0.30
    gate_leave_share: float = 0.55
    helpful_vote_share: float = 0.22
    helpful_yes_share: float = 0.74
    out_of_hours_share: float = 0.30
    weekend_day_weight: float = 0.33
    first_reply_median_minutes: float = 135.0
    first_reply_log_sigma: float = 1.05
    csat_good_intercept: float = 1.95
    csat_per_doubling_of_reply: float = -0.28
    csat_reopen: float = -1.1
    weak_team: str = "Support EMEA Billing"
    weak_team_reply_factor: float = 2.2
    weak_team_csat: float = -0.75
    one_touch_months: float = 0.30  # of a team's months in which it is told to solve with one reply
    one_touch_pressed_share: float = 0.45  # of its tickets then
    one_touch_csat: float = -1.3
    outage_start: date = date(2025, 11, 10)
    outage_days: int = 12
    outage_demand_factor: float = 3.0
    churn_base_monthly: float = 0.0065
    churn_hazard_ratio_bad_experience: float = 2.4
    bad_experience_window_days: int = 90
    ex_to_cx: float = 0.55
    ex_to_reply_log: float = -0.15
    misrouted_share: float = 0.12
    merge_share: float = 0.03
    reopen_share: float = 0.07
    deleted_share: float = 0.006
    spam_share: float = 0.008
    internal_share: float = 0.035
    late_share: float = 0.01
    bot_chats_per_day: float = 2.0
    bot_contained_share: float = 0.55
    bot_abandoned_share: float = 0.20
    sla_tightened_on: date = date(2026, 2, 1)
    sla_before_tightening: float = 1.5
    csat_answer_share: float = 0.30
    transactional_survey_share: float = 0.33
    transactional_answer_share: float = 0.42
    relationship_answer_share: float = 0.21
    mentions_per_day: float = 4.2
    mention_unanswered_share: float = 0.28
    mention_reply_median_minutes: float = 190.0
    mention_reply_log_sigma: float = 1.1
    mention_deleted_share: float = 0.02
    mention_permission_share: float = 0.6
    mention_amplified_share: float = 0.35
    rival_mentions_per_day: float = 5.5
    training_completed_share_mandatory: float = 0.93
    training_completed_share_voluntary: float = 0.62
    training_late_share: float = 0.14
    sick_spells_per_year: float = 2.6
    sick_per_mood_log: float = -0.25
    vacations_per_year: float = 4.5
    parental_leaves_per_year: float = 0.03
    time_off_cancelled_share: float = 0.04
    overtime_day_share: float = 0.07
    overtime_per_mood_log: float = -0.35
    partner_orders_per_day: float = 3.0
    partner_on_time_share: float = 0.87
    partner_in_full_share: float = 0.93
    partner_quality_share: float = 0.97
    partner_dispute_share: float = 0.06
    partner_settle_median_days: float = 9.0
    cost_per_ticket: float = 38.0
    order_rate_mood: float = 0.45
    order_on_time_share: float = 0.9
    order_in_full_share: float = 0.95
    order_quality_share: float = 0.975
    order_return_share: float = 0.03
    auto_renew_share: float = 0.55
    acquired_earned_share: float = 0.26
    acquired_bought_share: float = 0.5
    referrals_per_day: float = 0.35
    referral_mood: float = 0.8
    leaver_confirmed_share: float = 0.94
    leaver_export_share: float = 0.86
    leaver_invoice_error_share: float = 0.09
    leaver_deleted_share: float = 0.84
    leaver_rating_share: float = 0.45
    leaver_returns_share: float = 0.08
    driver_weights: tuple[tuple[str, float], ...] = (
        ("reliability", 0.38),
        ("support", 0.27),
        ("ease_of_use", 0.16),
        ("value_for_money", 0.12),
        ("billing_clarity", 0.07),
    )
    # what people say is important to them, 1-10: price most, help least, which is not what moves their score
    stated_importance: tuple[tuple[str, float], ...] = (
        ("reliability", 7.6),
        ("support", 5.2),
        ("ease_of_use", 6.4),
        ("value_for_money", 8.6),
        ("billing_clarity", 7.0),
    )
    human_block_effect: float = 0.45
    expectation_gap: tuple[tuple[str, float], ...] = (("visit_website", -0.6), ("sales_meeting", 0.0))
    unpaired_share: float = 0.06
    repeat_share: float = 0.12
    repeat_after_handover: float = 0.4
    promise_clear_share: float = 0.58
    preferred_channel_shares: tuple[float, ...] = (0.34, 0.22, 0.18, 0.21, 0.05)  # email, phone, chat, web, visit
    main_reason_shares: tuple[float, ...] = (0.31, 0.34, 0.17, 0.18)  # recommendation, search, ad, other
    main_reason_unknown_share: float = 0.15
    partial_share: float = 0.4  # of the responses that are not finished: those that got past half
    invitation_bounced_share: float = 0.03
    invitation_opted_out_share: float = 0.02
    invitation_opened_share: float = 0.35
    invitation_started_share: float = 0.03

    @classmethod
    def of(cls, settings: Settings) -> Params:
        """Return the parameters of the settings' world: as planted, or with every effect that is looked for taken out."""
        return cls() if settings.effects == PLANTED else cls(**NO_EFFECT)

    def truth(self) -> dict[str, Any]:
        """Return the planted parameters as plain values for `truth.json`."""
        return {k: (v.isoformat() if isinstance(v, date) else v) for k, v in asdict(self).items()}


# What a measure of an effect has to find in a null world: nothing. Every planted effect that somebody looks for has its line here.
NO_EFFECT: dict[str, Any] = {
    "out_of_hours_share": 0.0,
    "weekend_day_weight": 0.0,
    "csat_per_doubling_of_reply": 0.0,
    "csat_reopen": 0.0,
    "weak_team_reply_factor": 1.0,
    "weak_team_csat": 0.0,
    "one_touch_pressed_share": 0.0,
    "one_touch_csat": 0.0,
    "outage_demand_factor": 1.0,
    "churn_hazard_ratio_bad_experience": 1.0,
    "ex_to_cx": 0.0,
    "ex_to_reply_log": 0.0,
    "misrouted_share": 0.0,
    "human_block_effect": 0.0,
    "repeat_after_handover": 0.0,
    "expectation_gap": tuple((name, 0.0) for name, _ in Params.expectation_gap),
    "sick_per_mood_log": 0.0,
    "overtime_per_mood_log": 0.0,
    "driver_weights": tuple((name, 0.0) for name, _ in Params.driver_weights),
}
