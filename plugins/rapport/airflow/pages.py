"""The page of documentation that an extract DAG shows in the interface, written from its declaration."""

from __future__ import annotations

from rapport.declarations import Source

HEADINGS = ("Moves", "Upstream", "Downstream", "Schedule", "Running it again", "Connections", "If it is late", "Look first at")


def extract_page(source: Source) -> str:
    """Return the Markdown page of a source's DAG, under the same headings as every DAG's page."""
    streams = ", ".join(f"`{stream.name}`" for stream in source.ordered_streams)
    connection = (
        f"`{source.connection.id}`: host, login and password of {source.system}." if source.connection.id else "None: it reads files."
    )
    vendor = f" The vendor's page: {source.docs}" if source.docs else ""
    return f"""# Extract {source.system}

**Moves** what is new in {streams} into `{source.raw_schema}`, tokenised and redacted before it lands. Fields that the declaration
(`{source.file.name}`) does not name are set aside and counted, never landed.

**Upstream** {source.system}, reached by `{source.connection.protocol}`.{vendor}

**Downstream** The asset `raw/{source.name}`, which starts `build_warehouse`.

**Schedule** `{source.schedule}` UTC, from the declaration. One run at a time, up to {source.connection.parallel} streams at a time, each
with its share of the requests that the vendor allows; streams that feed the directory of known identifiers come first, because free text
is redacted by it. Nothing is caught up: the cursor says what is missing.

**Running it again** Start a fresh run, or clear the failed task: both are safe at any point. A page lands in one transaction with its
cursor, and what comes twice is a duplicate. The parameter `full_refresh` reads everything from the beginning, `since` what
changed from a moment on; neither removes a row. A load that finds more records gone than the stream may lose at once is refused.

**Connections** {connection}

**If it is late** Dashboards show an older `data as of` for {source.domain}; nothing else breaks.

**Look first at** The log of the failed `load_…` task: its last line names stream, request and what to do. Then
`select * from ops.stream_load where source = '{source.name}' order by started_at desc`, and `ops.quarantine` for what was set aside.
"""
