"""Handlebars templates of the tiles that are drawn as HTML.

Each is one line that starts with a block element: text after a blank line would be read as markdown, and data in it
as markup. Handlebars escapes every value.
"""

from __future__ import annotations

from html import escape

_TRACK = (
    '<div class="rp-track">{{#if zero_at}}<div class="rp-zero" style="left:{{zero_at}}%"></div>{{/if}}'
    '{{#if interval_text}}<div class="rp-band" style="left:{{low_at}}%;width:{{interval_width}}%"></div>{{/if}}'
    '{{#if value_text}}<div class="rp-tick" style="left:{{value_at}}%"></div>{{/if}}'
    '{{#if target_text}}<div class="rp-target" style="left:{{target_at}}%"></div>{{/if}}</div>'
)

_COUNT = '<span class="rp-num">{{n_text}}{{#if coverage_text}}<br><span class="rp-small">{{coverage_text}}</span>{{/if}}</span>'


def kpi(counted: str) -> str:
    """One number with its interval, sample, target and change, or what is missing to give it.

    Args:
        counted: what n counts, e.g. `tickets`.
    """
    return (
        '<div class="rp-kpi">{{#each data}}<div class="rp-{{state}}">'
        '<div class="rp-headline"><span class="rp-value">{{value_text}}</span><span class="rp-when">{{period_label}}</span></div>'
        '{{#if missing_text}}<div class="rp-note">{{missing_text}}</div>{{else}}'
        '{{#if suppressed_reason}}<div class="rp-note">hidden: fewer than 5</div>{{else}}'
        f"{{{{#if interval_text}}}}{_TRACK}"
        '<div class="rp-note">95&nbsp;% interval {{interval_text}}</div>{{/if}}'
        f'{{{{#if n_text}}}}<div class="rp-note">n&nbsp;=&nbsp;{{{{n_text}}}} {escape(counted)}'
        "{{#if coverage_text}}, {{coverage_text}} of those eligible{{/if}}</div>{{/if}}"
        '{{#if target_text}}<div class="rp-note">{{target_text}}</div>{{/if}}'
        '{{#if low_precision}}<div class="rp-low">low precision: read with care</div>{{/if}}'
        '<div class="rp-change rp-{{change_class}}">{{change_text}}</div>'
        "{{/if}}{{/if}}</div>{{/each}}</div>"
    )


def intervals(counted: str, order: str) -> str:
    """One line a group: name, interval bar, value, n; `order` says which groups, in words."""
    return (
        f'<div class="rp-list">{{{{#each data}}}}{{{{#if @first}}}}<div class="rp-note">{{{{period_label}}}}, {escape(order)}. '
        "{{#if scale_text}}Bars run from {{scale_text}}. {{/if}}Grey: fewer than 30, or a wide interval. "
        "Per cent under a count: the share of those eligible.</div>{{/if}}{{/each}}"
        '<div class="rp-row rp-head"><span class="rp-name">&nbsp;</span><span class="rp-bar">&nbsp;</span>'
        f'<span class="rp-wide">value, 95&nbsp;% interval</span><span class="rp-num">{escape(counted)}</span></div>'
        '{{#each data}}<div class="rp-row rp-{{state}}"><span class="rp-name" title="{{member}}">{{member}}</span>'
        '{{#if suppressed_reason}}<span class="rp-bar"><em>hidden: fewer than 5</em></span>{{else}}'
        f'<span class="rp-bar">{_TRACK}</span>'
        '<span class="rp-wide"><b>{{value_text}}</b><br>{{interval_text}}</span>'
        f"{_COUNT}{{{{/if}}}}</div>{{{{/each}}}}</div>"
    )


def readings(counted: str, *, narrow: bool) -> str:
    """One line a number: name, note, interval bar, value, n and change, in groups.

    Args:
        counted: the head of the column of n.
        narrow: names above the bars, for tiles of a third of the page.
    """
    return (
        f'<div class="rp-list{" rp-narrow" if narrow else ""}">'
        '<div class="rp-row rp-head"><span class="rp-name rp-free">{{data.0.period_label}}</span>'
        '<span class="rp-bar">&nbsp;</span><span class="rp-wide">value, 95&nbsp;% interval</span>'
        f'<span class="rp-num">{escape(counted)}</span></div>'
        '{{#each data}}{{#if group_title}}<div class="rp-group">{{group_title}}</div>{{/if}}'
        '<div class="rp-row rp-{{state}}"><span class="rp-name rp-free"><b>{{name}}</b>'
        '{{#if flag_text}} <span class="rp-flag rp-{{flag}}">{{flag_text}}</span>{{/if}}'
        '{{#if note}}<br><span class="rp-small">{{note}}</span>{{/if}}'
        '{{#if change_text}}<br><span class="rp-small rp-{{change_class}}">{{change_text}}</span>{{/if}}</span>'
        '{{#if missing_text}}<span class="rp-bar"><em>{{missing_text}}</em></span>{{else}}'
        '{{#if suppressed_reason}}<span class="rp-bar"><em>hidden: fewer than 5</em></span>{{else}}'
        f'<span class="rp-bar">{_TRACK}{{{{#if target_text}}}}<span class="rp-small">{{{{target_text}}}}</span>{{{{/if}}}}</span>'
        '<span class="rp-wide"><b>{{value_text}}</b><br>{{interval_text}}</span>'
        f"{_COUNT}{{{{/if}}}}{{{{/if}}}}</div>"
        "{{/each}}</div>"
    )


def matrix(legend: list[dict[str, str]], side: str, look: str) -> str:
    """Rows by columns; every cell its own row of the data, in reading order.

    Args:
        legend: dicts with `state` (a cell's) and `says`.
        side: width of the column of row names, as CSS says it.
        look: `dense` (many narrow columns, colour only), `line` (both texts of a cell in one line), or nothing.
    """
    key = "".join(f'<span class="rp-key rp-cell-{escape(entry["state"])}"></span>{escape(entry["says"])} ' for entry in legend)
    return (
        f'<div class="rp-matrix-box"><div class="rp-note">{{{{data.0.matrix_note}}}} {key}</div>'
        f'<div class="rp-matrix{f" rp-{look}" if look else ""}" '
        f'style="grid-template-columns:{escape(side)} repeat({{{{data.0.column_count}}}}, minmax(0, 1fr))"><div></div>'
        '{{#each data}}{{#if is_first_row}}<div class="rp-colhead">{{column_title}}</div>{{/if}}{{/each}}'
        '{{#each data}}{{#if is_row_start}}{{#if group_title}}<div class="rp-group rp-span">{{group_title}}</div>{{/if}}'
        '<div class="rp-rowhead">{{row_title}}{{#if row_note}}<br><span class="rp-small">{{row_note}}</span>{{/if}}</div>{{/if}}'
        '<div class="rp-cell rp-cell-{{cell_state}}" title="{{cell_hint}}">{{#if cell_text}}<b>{{cell_text}}</b>{{/if}}'
        '{{#if cell_note}}<span class="rp-small">{{cell_note}}</span>{{/if}}</div>{{/each}}</div></div>'
    )


def pairs(a_label: str, b_label: str) -> str:
    """One line a pair: two marks on one track, both values, the gap in words."""
    return (
        '<div class="rp-list"><div class="rp-note">{{data.0.pairs_note}}</div>'
        '<div class="rp-row rp-head"><span class="rp-name rp-free">&nbsp;</span>'
        '<span class="rp-bar">&nbsp;</span>'
        f'<span class="rp-side"><span class="rp-dot rp-dot-a"></span>{escape(a_label)}</span>'
        f'<span class="rp-side"><span class="rp-dot rp-dot-b"></span>{escape(b_label)}</span><span class="rp-gap">gap</span></div>'
        '{{#each data}}<div class="rp-row"><span class="rp-name rp-free"><b>{{name}}</b>'
        '{{#if note}}<br><span class="rp-small">{{note}}</span>{{/if}}</span>'
        '<span class="rp-bar">{{#if missing_text}}<em>{{missing_text}}</em>{{/if}}<div class="rp-track rp-pair">'
        '{{#if gap_text}}<div class="rp-band" style="left:{{gap_from}}%;width:{{gap_width}}%"></div>{{/if}}'
        '{{#if a_text}}<div class="rp-dot rp-dot-a rp-on" style="left:{{a_at}}%"></div>{{/if}}'
        '{{#if b_text}}<div class="rp-dot rp-dot-b rp-on" style="left:{{b_at}}%"></div>{{/if}}</div></span>'
        '<span class="rp-side">{{#if a_text}}<b>{{a_text}}</b>{{else}}–{{/if}}</span><span class="rp-side">{{#if b_text}}<b>{{b_text}}</b>'
        '{{else}}–{{/if}}</span><span class="rp-gap">{{#if gap_text}}{{gap_text}}{{else}}–{{/if}}</span></div>{{/each}}</div>'
    )


def scatter(x_title: str, y_title: str, height: int) -> str:
    """Points on two scales.

    Args:
        x_title: what goes to the right.
        y_title: what goes upwards.
        height: the tile's height in grid rows of 8 pixels.
    """
    return (
        '<div class="rp-scatter"><div class="rp-note">{{data.0.plot_note}}</div>'
        f'<div class="rp-ytitle">{escape(y_title)}</div><div class="rp-plot" style="height:{height * 8 - 150}px">'
        '<span class="rp-yhigh">{{data.0.y_high_text}}</span><span class="rp-ylow">{{data.0.y_low_text}}</span>'
        '{{#each data}}<div class="rp-point" style="left:{{x_at}}%;bottom:{{y_at}}%" title="{{hint}}"></div>{{/each}}</div>'
        '<div class="rp-xaxis"><span>{{data.0.x_low_text}}</span>'
        f"<span>{escape(x_title)}</span><span>{{{{data.0.x_high_text}}}}</span></div></div>"
    )


def walk() -> str:
    """Cards in the order of a walk; a word of time stands over the first of each day."""
    return (
        '<div class="rp-walk-box"><div class="rp-note">{{data.0.walk_note}}</div><div class="rp-walk">'
        '{{#each data}}<div class="rp-step"><div class="rp-label">{{#if when_text}}{{when_text}}{{else}}the same day{{/if}}</div>'
        '<b>{{title}}</b><div class="rp-small">{{note}}</div>'
        '{{#if score_text}}<span class="rp-flag rp-{{score_flag}}">{{score_text}}</span> {{/if}}'
        '{{#if promise_text}}<span class="rp-flag rp-{{promise_flag}}">{{promise_text}}</span>{{/if}}'
        '{{#if comment_text}} <span class="rp-flag">{{comment_text}}</span>{{/if}}</div>{{/each}}</div></div>'
    )


def bars() -> str:
    """One line a reason: name, bar, count, share, running share."""
    return (
        '<div class="rp-list"><div class="rp-row rp-head"><span class="rp-name">reason</span><span class="rp-bar">&nbsp;</span>'
        '<span class="rp-num">tickets</span><span class="rp-num">share</span><span class="rp-num">running</span></div>'
        '{{#each data}}<div class="rp-row"><span class="rp-name">{{reason}}</span>'
        '<span class="rp-bar"><div class="rp-track rp-plain"><div class="rp-fill" style="width:{{bar_at}}%"></div></div></span>'
        '<span class="rp-num"><b>{{tickets_text}}</b></span><span class="rp-num">{{share_text}}</span>'
        '<span class="rp-num">{{running_text}}</span></div>{{/each}}</div>'
    )


def facts(entries: list[dict[str, str]]) -> str:
    """A strip of short facts from one row.

    Args:
        entries: dicts with `label`, `value` (a column), and optionally `note` and `alarm` (columns).
    """
    cells = ""
    for entry in entries:
        alarm = f"{{{{#if {entry['alarm']}}}}} rp-alarm{{{{/if}}}}" if "alarm" in entry else ""
        note = f'<div class="rp-note">{{{{{entry["note"]}}}}}</div>' if "note" in entry else ""
        cells += (
            f'<div class="rp-fact{alarm}"><div class="rp-label">{escape(entry["label"])}</div>'
            f'<div class="rp-value">{{{{{entry["value"]}}}}}</div>{note}</div>'
        )
    return f'<div class="rp-facts">{{{{#each data}}}}{cells}{{{{/each}}}}</div>'


def header(question: str, limits: tuple[str, ...]) -> str:
    """The strip above a dashboard: question, release, watermark, limits."""
    items = "".join(f"<li>{escape(limit)}</li>" for limit in limits)
    return (
        '<div class="rp-header"><div class="rp-left">'
        f'<div class="rp-question">{escape(question)}</div>'
        '{{#each data}}{{#if is_sandbox}}<span class="rp-badge rp-sandbox">Simulated company: people and numbers are invented</span>{{/if}}'
        '{{#if has_release}}<span class="rp-badge">Data as of {{data_as_of_text}}</span>{{/if}}'
        '{{#if is_blocked}}<span class="rp-badge rp-blocked">A newer release is blocked</span>'
        '<div class="rp-reason">{{#if has_release}}You see the last good release, {{release_id}}.{{else}}'
        "No release has been published yet.{{/if}} Why the newer one was held back: {{reason}}</div>"
        '{{else}}<span class="rp-badge">Release {{release_id}}, published {{published_text}}</span>{{/if}}{{/each}}</div>'
        f'<div class="rp-right"><div class="rp-label">What this cannot tell you</div><ul>{items}</ul></div></div>'
    )


def card(title: str, slug: str, question: str, readers: str, guide: tuple[str, ...]) -> str:
    """A way to another dashboard: its name, its question, for whom it is, and what else leads there."""
    items = "".join(f"<li>{escape(item)}</li>" for item in guide)
    return (
        f'<div class="rp-card"><a href="/superset/dashboard/{escape(slug)}/">{escape(title)}</a>'
        f'<div class="rp-note">for {escape(readers)}</div><b>{escape(question)}</b><ul>{items}</ul></div>'
    )


def missing(title: str, why: str, height: int) -> str:
    """What stands in a chart's place while it has no row.

    Args:
        title: the chart's title.
        why: what is missing and what brings it.
        height: the tile's height in grid rows of 8 pixels.
    """
    style = f"min-height:{height * 8 - 60}px"
    return f'<div class="rp-missing" style="{style}"><b>{escape(title)}</b><br>{escape(why)}</div>'


SYSTEMS = {"crm": "CRM", "hr": "HR system", "website": "website analytics"}


def not_connected(domain: str) -> str:
    """Say which system a chart without a row is waiting for."""
    system = SYSTEMS.get(domain, f"{domain} system")
    return f"No {system} is connected yet. Connect one, or put its exports into the inbox: the chart appears with the next release."
