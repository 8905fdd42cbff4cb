"""Reference pages of sources and inbox: made from the declarations, so that they cannot say anything else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rapport.authoring import inbox
from rapport.declarations import Source, Stream, load_sources
from rapport.home import Home

_WAYS = {"none": "no login", "query": "key in the address", "header": "key in a header", "form": "key in the form", "session": "session"}


def pages(home: Home) -> dict[Path, str]:
    """Return file and text of every reference page that the declarations of the checkout make."""
    reference = home.root / "docs" / "reference"
    layouts = inbox.layouts(home)
    found = {reference / "inbox" / f"{entity}.md": inbox.page(layout) for entity, layout in layouts.items()}
    found[reference / "inbox" / "README.md"] = inbox.index(layouts)
    found[reference / "sources.md"] = sources_page(load_sources(home.root / "sources"))
    return found


def sources_page(sources: Mapping[str, Source]) -> str:
    """Return the reference page of the sources that come with the project, in Markdown."""
    parts = [
        "# Sources\n",
        "What comes with Rapport, made from `sources/` by `rapport docs`. A system that is not here:",
        "[add a source](../how-to/add-a-source.md); no system, but exports: [start from files](../how-to/start-from-files.md).\n",
        "| source | system | domain | protocol | fills |",
        "|---|---|---|---|---|",
    ]
    own = {name: source for name, source in sources.items() if not name.startswith("inbox_")}
    for name, source in own.items():
        system = f"[{source.system}]({source.docs})" if source.docs else source.system
        parts.append(f"| [`{name}`](#{name}) | {system} | {source.domain} | {_reached(source)} | {', '.join(source.feeds) or '–'} |")
    parts += [section for name, source in own.items() for section in _section(name, source)]
    return "\n".join(parts) + "\n"


def _reached(source: Source) -> str:
    said = source.connection
    login = str(said.auth.get("type", "")).replace("_", " ")
    limit = f", {said.rate_limit_per_minute} requests a minute" if said.rate_limit_per_minute else ""
    return f"{said.protocol}{f' ({_WAYS.get(login, login)})' if login else ''}{limit}"


def _section(name: str, source: Source) -> list[str]:
    rows = [
        f"| `{stream.name}` | {', '.join(stream.key) or '–'} | {_changes(stream, source)} | {_deletions(stream)} |"
        for stream in source.streams.values()
    ]
    return [f"\n## {name}\n", "| stream | key | what is new is found by | deletions |", "|---|---|---|---|", *rows]


def _changes(stream: Stream, source: Source) -> str:
    if "replace" in stream.options:
        found = "reading it whole"
    elif stream.cursor:
        fields = " or ".join(f"`{field}`" for field in (stream.cursor.field, stream.cursor.or_field) if field)
        found = fields + (f", {stream.cursor.overlap_seconds} s again" if stream.cursor.overlap_seconds else "")
    elif source.connection.protocol in {"files", "access_log"}:
        found = "files that changed"
    else:
        found = "the vendor's own cursor" if stream.options.get("paging", {}).get("type") == "cursor_url" else "reading it whole"
    again = stream.options.get("reread")
    return found + (f"; read again every {again['every_days']} days" if again else "")


def _deletions(stream: Stream) -> str:
    said = stream.options.get("deletes", {})
    if stream.deleted:
        return f"`{stream.deleted.column}`" + (f", and keys compared every {said['sweep_days']} days" if "sweep_days" in said else "")
    if "sweep_days" in said:
        return f"keys compared every {said['sweep_days']} days"
    if "replace" in stream.options:
        return "what is missing from a whole reading"
    return str(said.get("none", "–")).replace("|", "/")
