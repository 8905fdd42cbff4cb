"""Superset's metrics over additive parts: value, interval and n of whichever metric a chart is filtered to, under any other filter.

The formulas are the macros of the estimators; here they are told what a sum is and when there is nothing to show.
"""

from __future__ import annotations

from typing import Any

from rapport.estimators import CLOSED, closed_form, macro

from bundle.spec import CHECKOUT

# one metric at a time, enough cases, and of a stock a single day: sums over days would count it once a day
_GUARD = (
    "min(metric) = max(metric) and min(version) = max(version) and sum(den) >= max(privacy_k)"
    " and (max(over_time) = 'sum' or min(day) = max(day))"
)
_MISSING = (
    "case when min(metric) <> max(metric) then 'choose one metric'"
    " when sum(den) < max(privacy_k) then 'fewer than ' || max(privacy_k)"
    " when max(over_time) <> 'sum' and min(day) <> max(day) then 'a stock: choose one day, or is_month_close by month' end"
)
_METHODS = {
    "value": "no interval under this filter: accounts have several cases",
    "bucket_value": "from buckets 5 % wide; no interval under this filter",
    "bucket_interval": "from buckets 5 % wide; order statistics 95 %",
}


def part_measures() -> list[dict[str, Any]]:
    """Return `value`, `low`, `high`, `n` and `method` as metrics of a Superset dataset over `metric_part`."""
    forms = {name: closed_form(CHECKOUT, name, lambda part: f"sum({part})") for name in CLOSED}
    buckets = _bucket_forms()
    shown = {
        "value": ("Value", _guarded(forms, buckets, "value")),
        "low": ("95 % low", _guarded(forms, buckets, "low")),
        "high": ("95 % high", _guarded(forms, buckets, "high")),
        "n": ("n", f"case when {_GUARD} then sum(den) end"),
        "method": ("Method", _method()),
    }
    return [
        {"metric_name": name, "expression": expression, "verbose_name": title, "metric_type": None}
        for name, (title, expression) in shown.items()
    ]


def _guarded(forms: dict[str, dict[str, str]], buckets: dict[str, str], key: str) -> str:
    whens = " ".join(f"when '{name}' then {sums[key]}" for name, sums in forms.items())
    kinds = ("interval", "value") if key == "value" else ("interval",)
    timed = ("bucket_interval", "bucket_value") if key == "value" else ("bucket_interval",)
    return (
        f"case when not ({_GUARD}) then null"
        f" when max(from_parts) in ({_listed(kinds)}) then case max(estimator) {whens} end"
        f" when max(from_parts) in ({_listed(timed)}) then {buckets[key]} end"
    )


def _bucket_forms() -> dict[str, str]:
    """Return the SQL of a quantile of cases that stand one a row, with the bucket of each, those that are not done last."""
    n, quantile = "sum(den)", "max(quantile)"
    position = macro(CHECKOUT, "quantile_position", quantile, n)
    ranks = macro(CHECKOUT, "quantile_order_ranks", quantile, n, "1")

    def at(column: str, rank: str) -> str:
        return str(macro(CHECKOUT, "value_at", f"({macro(CHECKOUT, 'sorted_values', column, 'true')})", rank))

    below, above = at("bucket_middle", f"floor({position})"), at("bucket_middle", f"ceiling({position})")
    return {
        "value": f"{below} + ({position} - floor({position})) * ({above} - {below})",
        "low": f"case when {ranks['low']} < 1 then 0 else {at('bucket_from', ranks['low'])} end",
        "high": at("bucket_to", ranks["high"]),
    }


def _method() -> str:
    intervals = macro(CHECKOUT, "interval_methods")
    closed = " ".join(f"when '{name}' then '{intervals[name]}'" for name in CLOSED)
    others = " ".join(f"when '{kind}' then '{said}'" for kind, said in _METHODS.items())
    return f"coalesce({_MISSING}, case max(from_parts) {others} else case max(estimator) {closed} end end)"


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)
