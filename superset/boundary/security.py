"""Who may ask what of a chart.

A dashboard role lets a reader fetch any column of the charts' datasets through the chart-data address. For people
who only read dashboards this manager answers stored charts and nothing else.
"""

from __future__ import annotations

from typing import Any

from superset.errors import ErrorLevel, SupersetError, SupersetErrorType
from superset.exceptions import SupersetSecurityException
from superset.security import SupersetSecurityManager
from superset.utils import json

# What a dashboard reader's request may differ in from the stored chart: nothing that widens what is read.
_COMPARED = ("columns", "groupby", "metrics", "orderby", "series_columns")
_UNSAFE_EXTRAS = ("having", "where", "instant_time_comparison_range")


class RapportSecurityManager(SupersetSecurityManager):
    """Superset's security manager, with a closed list of questions for dashboard readers."""

    def raise_for_access(self, *args: Any, **kwargs: Any) -> None:
        """Refuse raw SQL to roles without SQL Lab, and changed chart payloads to dashboard readers.

        Raises:
            SupersetSecurityException: the user may not ask this.
        """
        context = kwargs.get("query_context")
        if context is not None and self._reads_dashboards_only(context.datasource) and _widened(context):
            raise SupersetSecurityException(
                SupersetError(
                    message="This dashboard answers its own charts only. Ask an analyst for another cut.",
                    error_type=SupersetErrorType.DASHBOARD_SECURITY_ACCESS_ERROR,
                    level=ErrorLevel.WARNING,
                )
            )
        super().raise_for_access(*args, **kwargs)
        database, asks_sql = kwargs.get("database"), kwargs.get("sql") or kwargs.get("query")
        if asks_sql and not self.is_admin():
            database = database or getattr(kwargs.get("query"), "database", None)
            if database is not None and not database.expose_in_sqllab:
                raise SupersetSecurityException(
                    SupersetError(
                        message="SQL does not run on this connection. Use the analyst's connection.",
                        error_type=SupersetErrorType.DATABASE_SECURITY_ACCESS_ERROR,
                        level=ErrorLevel.WARNING,
                    )
                )

    def _reads_dashboards_only(self, datasource: Any) -> bool:
        return not (self.is_admin() or self.can_access_datasource_itself(datasource))

    def can_access_datasource_itself(self, datasource: Any) -> bool:
        """Return whether the user may query `datasource` freely, apart from any dashboard it is on."""
        return bool(self.can_access_schema(datasource) or self.can_access("datasource_access", datasource.perm or ""))


def _widened(context: Any) -> bool:
    """Return whether a request asks for more than the stored chart it names."""
    form_data = context.form_data or {}
    if form_data.get("type") == "NATIVE_FILTER":
        return _widens_filter(context)
    chart = _stored_chart(form_data.get("slice_id"))
    if chart is None:
        return True
    stored = json.loads(chart.query_context or "{}").get("queries") or []
    return any(_asks_more(query, stored) for query in context.queries)


def _asks_more(query: Any, stored: list[dict[str, Any]]) -> bool:
    """Return whether `query` reads what no stored query reads, or drops one of their filters."""
    allowed = {key: {_frozen(value) for each in stored for value in each.get(key) or []} for key in _COMPARED}
    allowed["columns"] |= allowed["groupby"]
    if any({_frozen(value) for value in getattr(query, key, None) or []} - allowed[key] for key in _COMPARED if key != "groupby"):
        return True
    asked = [_frozen(item) for item in query.filter or []]
    kept = [{_frozen(item) for item in each.get("filters") or []} for each in stored]
    if not any(filters <= set(asked) for filters in kept):
        return True
    known = _names(stored)
    further = [item for item, frozen in zip(query.filter or [], asked, strict=True) if not any(frozen in each for each in kept)]
    unsafe = any((query.extras or {}).get(key) for key in _UNSAFE_EXTRAS)
    return unsafe or any(item.get("col") not in known for item in further)


def _stored_chart(chart_id: Any) -> Any:
    """Return the chart as git wrote it; the context's own is empty for a reader whose only right is a dashboard."""
    from superset.models.slice import Slice

    from superset import db

    return db.session.query(Slice).filter_by(id=chart_id).one_or_none() if isinstance(chart_id, int) else None


def _widens_filter(context: Any) -> bool:
    """A filter box may list the values of one plain column."""
    return any(
        len(query.columns or []) > 1
        or any(not isinstance(column, str) for column in query.columns or [])
        or any(isinstance(metric, dict) for metric in query.metrics or [])
        or any((query.extras or {}).get(key) for key in _UNSAFE_EXTRAS)
        for query in context.queries
    )


def _names(queries: list[dict[str, Any]]) -> set[str]:
    """Names of the columns that the stored queries read: further filters may only narrow by these."""
    names: set[str] = set()
    for query in queries:
        for key in ("columns", "groupby"):
            for column in query.get(key) or []:
                names.add(column if isinstance(column, str) else str(column.get("sqlExpression") or column.get("label")))
        names.update(item["col"] for item in query.get("filters") or [] if isinstance(item.get("col"), str))
    return names


def _frozen(value: Any) -> str:
    return str(json.dumps(value, sort_keys=True, default=str))
