"""Who may ask what of a chart.

A dashboard role lets a reader fetch any column of the charts' datasets through the chart-data address. For people
who only read dashboards this manager answers stored charts and nothing else.
"""

from __future__ import annotations

from typing import Any

from flask import g, request
from superset.errors import ErrorLevel, SupersetError, SupersetErrorType
from superset.exceptions import SupersetSecurityException
from superset.security import SupersetSecurityManager
from superset.utils import json
from werkzeug.security import check_password_hash

from boundary import attempts
from boundary.people import has_first_password
from boundary.questions import asks_more, filter_asks_more


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
        if asks_sql:  # the administrator too: HR results are not the platform's to read
            database = database or getattr(kwargs.get("query"), "database", None)
            if database is not None and not database.expose_in_sqllab:
                raise SupersetSecurityException(
                    SupersetError(
                        message="SQL does not run on this connection. Use the analyst's connection.",
                        error_type=SupersetErrorType.DATABASE_SECURITY_ACCESS_ERROR,
                        level=ErrorLevel.WARNING,
                    )
                )

    def reset_password(self, userid: Any, password: str) -> None:
        """Set a password; the first one again is none of one's own."""
        user = self.get_user_by_id(userid)
        if not (has_first_password(user.username) and check_password_hash(user.password, password)):
            super().reset_password(userid, password)

    def auth_user_db(self, username: str, password: str) -> Any:
        """Return who logs in, unless too many wrong passwords came before; a first password opens the page to change it, and no API."""
        if attempts.is_barred(username):
            return None
        user = super().auth_user_db(username, password)
        attempts.note(username, is_wrong=user is None)
        return None if user and request.path.startswith("/api/") and has_first_password(user.username) else user

    def can_access(self, permission_name: str, view_name: str) -> bool:
        """Return whether the user has a permission; asked of the database once a request, where Superset asks a dozen times a chart."""
        known = g.setdefault("rapport_permissions", {})
        asked = (getattr(getattr(g, "user", None), "id", None), permission_name, view_name)
        if asked not in known:
            known[asked] = super().can_access(permission_name, view_name)
        return bool(known[asked])

    def _reads_dashboards_only(self, datasource: Any) -> bool:
        return not (self.is_admin() or self.can_access_datasource_itself(datasource))

    def can_access_datasource_itself(self, datasource: Any) -> bool:
        """Return whether the user may query `datasource` freely, apart from any dashboard it is on."""
        return bool(self.can_access_schema(datasource) or self.can_access("datasource_access", datasource.perm or ""))


def _widened(context: Any) -> bool:
    """Return whether a request asks for more than the stored chart it names."""
    form_data = context.form_data or {}
    if form_data.get("type") == "NATIVE_FILTER":
        return any(filter_asks_more(query) for query in context.queries)
    chart = _stored_chart(form_data.get("slice_id"))
    if chart is None:
        return True
    stored = json.loads(chart.query_context or "{}").get("queries") or []
    return any(asks_more(query, stored) for query in context.queries)


def _stored_chart(chart_id: Any) -> Any:
    """Return the chart as git wrote it; the context's own is empty for a reader whose only right is a dashboard."""
    from superset.models.slice import Slice

    from superset import db

    return db.session.query(Slice).filter_by(id=chart_id).one_or_none() if isinstance(chart_id, int) else None
