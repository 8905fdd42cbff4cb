"""The first text of each file of a new source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from rapport.authoring.scaffold import Wanted

_HTTP = """\
  id: {name}                      # `rapport connect {name}` asks for host and credentials
  auth: {{type: bearer}}            # or basic, header, query, oauth2_client_credentials, …: docs/reference/source-declaration.md
  rate_limit_per_minute: 60"""
_CONNECTIONS = {
    "rest": _HTTP,
    "soql": f"{_HTTP}\n  api_version: v60.0",
    "export_job": _HTTP,
    "jsonrpc": "  path: /jsonrpc\n" + _HTTP,
    "sql": "  id: {name}                      # `rapport connect {name}` asks for the database's address and credentials",
    "files": "  id: {name}                      # `rapport connect {name}` asks for the folder or bucket",
}
_REST = """\
    request: {{path: /api/{stream}, params: {{per_page: 100}}}}
    records: {stream}              # where the list stands in the answer; leave out when the answer is the list
    paging: {{type: page, param: page, size_param: per_page, size: 100}}
    cursor: {{field: updated_at, param: updated_since, overlap_seconds: 60}}
    deletes: {{none: "not known yet: find out how the system tells of deletions"}}"""
_READING = {
    "rest": _REST,
    "soql": "    object: {stream}\n    cursor: {{field: updated_at, overlap_seconds: 60}}\n"
    '    deletes: {{none: "not known yet: find out how the system tells of deletions"}}',
    "export_job": "    export:\n      start: {{path: /api/exports, method: POST}}\n      job: id\n      poll: /api/exports/{{job}}\n"
    "      status: status\n      done: complete\n      file: /api/exports/{{job}}/file\n    replace: {{}}",
    "jsonrpc": "    call: {{method: list_{stream}, params: {{since: '{{since}}'}}}}\n"
    "    cursor: {{field: updated_at, overlap_seconds: 60}}\n"
    '    deletes: {{none: "not known yet: find out how the system tells of deletions"}}',
    "sql": "    table: public.{stream}\n    cursor: {{field: updated_at}}\n    deletes: {{sweep_days: 7}}",
    "files": "    files: '{stream}*.csv'\n    format: csv",
}


def declaration(wanted: Wanted) -> str:
    """Return the declaration: what is still a guess says so."""
    said = {"name": wanted.name, "stream": wanted.stream}
    return f"""\
source: {wanted.name}
domain: {wanted.domain}
system: {wanted.name.replace("_", " ").title()}
owner: {wanted.domain}-data
schedule: "30 * * * *"
connection:
  protocol: {wanted.protocol}
{_CONNECTIONS[wanted.protocol].format(**said)}
feeds: {{{wanted.entity}: {wanted.model}}}
streams:
  {wanted.stream}:
{_READING[wanted.protocol].format(**said)}
    key: [id]
    clock: updated_at
    subject: [id]                  # whose a record is: fields that identify the person, or `belongs_to` (erasures follow it)
    fields:                        # `rapport source try {wanted.name} --stream {wanted.stream} --write` proposes the others
      id: {{type: text, class: internal}}
      updated_at: {{type: timestamp, class: internal}}
"""


def raw_tables(wanted: Wanted) -> str:
    """Return the names of the raw tables, for dbt."""
    return f"""\
version: 2
sources:
  - name: {wanted.name}
    schema: raw_{wanted.name}
    description: As landed by sources/{wanted.domain}/{wanted.name}.yml; versions are kept.
    tables:
      - {{name: {wanted.stream}, description: "{wanted.stream.replace("_", " ").capitalize()}."}}
"""


def model(wanted: Wanted, columns: Sequence[tuple[str, str]]) -> str:
    """Return the staging model: every column of the entity, empty until its author fills it."""
    listed = "\n".join(f"    {null} as {name}," for name, null in columns)
    return f"""\
{{{{ config(enabled='{wanted.name}' in var('sources')) }}}}
select
    '{wanted.name}' as source,
    cast({wanted.stream}.id as {{{{ dbt.type_string() }}}}) as source_id,
{listed}
    {{{{ to_utc('{wanted.stream}._loaded_at') }}}} as loaded_at,
    {wanted.stream}._is_deleted as is_deleted
from {{{{ newest(source('{wanted.name}', '{wanted.stream}')) }}}} as {wanted.stream}
"""


def description(wanted: Wanted, columns: Sequence[dict[str, Any]]) -> str:
    """Return the model's yml: what every column means, and a test that an older version of a record does not win."""
    always = [
        _column("source", "Short name of the source system.", "string", "public"),
        {**_column("source_id", "Id of the record in its source system.", "string", "internal"), "data_tests": ["unique", "not_null"]},
    ]
    last = [
        _column("loaded_at", "When the newest part behind this row was landed.", "timestamp", "internal", unit="UTC"),
        _column("is_deleted", "Whether the source says the record is deleted; null means no.", "boolean", "internal"),
    ]
    own = [{key: value for key, value in column.items() if key != "data_tests"} for column in columns]
    body = {
        "version": 2,
        "models": [
            {
                "name": wanted.model,
                "description": f"{wanted.entity.replace('_', ' ').capitalize()} as {wanted.name} has them. Grain: one row per record.",
                "config": {"meta": {"owner": f"{wanted.domain}-data"}},
                "columns": [*always, *own, *last],
            }
        ],
        "unit_tests": [_newest_wins(wanted)],
    }
    return yaml.safe_dump(body, sort_keys=False, allow_unicode=True, width=130)


def _column(name: str, meaning: str, declared: str, privacy: str, **meta: str) -> dict[str, Any]:
    return {"name": name, "description": meaning, "data_type": declared, "config": {"meta": {"privacy": privacy, **meta}}}


def _newest_wins(wanted: Wanted) -> dict[str, Any]:
    def version(day: int, is_deleted: bool) -> dict[str, Any]:
        at = f"2026-01-0{day} 00:00:00+00"
        return {"id": "1", "_version_at": at, "_seen_at": at, "_loaded_at": at, "_row_hash": str(day), "_is_deleted": is_deleted}

    return {
        "name": f"{wanted.model.removeprefix('stg_')}_newest_version_wins",
        "description": "A record that was changed or deleted is not seen as it was before.",
        "model": wanted.model,
        "given": [{"input": f"source('{wanted.name}', '{wanted.stream}')", "rows": [version(2, True), version(1, False)]}],
        "expect": {"rows": [{"source": wanted.name, "source_id": "1", "is_deleted": True}]},
    }
