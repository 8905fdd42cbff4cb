"""Superset's settings: read from the home, bound to loopback, closed by default.

Superset finds this file by `SUPERSET_CONFIG_PATH`. Every secret comes from the home; nothing here is one.
"""

from __future__ import annotations

import base64
import logging
import os
import sys
from datetime import timedelta
from pathlib import Path

_HERE = Path(__file__).resolve().parent
for _folder in (str(_HERE), str(_HERE.parent / "plugins")):
    if _folder not in sys.path:
        sys.path.append(_folder)

from boundary.people import guard  # noqa: E402
from boundary.security import RapportSecurityManager  # noqa: E402
from boundary.sql import FORBIDDEN_FUNCTIONS, mutate  # noqa: E402
from rapport.home import Home  # noqa: E402
from recording.decisions import blueprint as _decisions  # noqa: E402
from superset.config import DISALLOWED_SQL_FUNCTIONS as _SHIPPED_FUNCTIONS  # noqa: E402
from superset.config import DISALLOWED_SQL_TABLES as _SHIPPED_TABLES  # noqa: E402

_home = Home.current()
_https = os.environ.get("RAPPORT_SUPERSET_HTTPS", "") == "1"
_state = _home.dir("superset")

# --- where things live ---------------------------------------------------------------------------------------------
SQLALCHEMY_DATABASE_URI = os.environ.get("RAPPORT_SUPERSET_DATABASE_URI") or _home.dsn("superset", "superset").replace(
    "postgresql://", "postgresql+psycopg2://", 1
)
SQLALCHEMY_ENGINE_OPTIONS = {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 10}
SECRET_KEY = _home.secret("superset_secret_key")
GUEST_TOKEN_JWT_SECRET = _home.secret("superset_guest_secret")
GLOBAL_ASYNC_QUERIES_JWT_SECRET = _home.secret("superset_async_secret")
DATA_DIR = str(_state)
UPLOAD_FOLDER = str(_state / "uploads") + "/"


def _cache(name: str, timeout: timedelta) -> dict[str, object]:
    """A cache that survives a restart and is shared by the server's processes: files of this home, or a server's Redis."""
    common = {"CACHE_DEFAULT_TIMEOUT": int(timeout.total_seconds()), "CACHE_KEY_PREFIX": f"rapport_{name}_"}
    if redis := os.environ.get("RAPPORT_REDIS_URL"):
        return {**common, "CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": redis}
    return {
        **common,
        "CACHE_TYPE": "FileSystemCache",
        "CACHE_DIR": str(_state / "cache" / name),
        "CACHE_THRESHOLD": 5000,
        "CACHE_OPTIONS": {"mode": 0o600},
    }


# Every release empties the data cache and fills it again, so its age is bounded by the release, not by this timeout.
CACHE_CONFIG = _cache("metadata", timedelta(hours=1))
DATA_CACHE_CONFIG = _cache("data", timedelta(days=1))
FILTER_STATE_CACHE_CONFIG = _cache("filters", timedelta(days=30))
EXPLORE_FORM_DATA_CACHE_CONFIG = _cache("explore", timedelta(days=7))

# --- who may do what -----------------------------------------------------------------------------------------------
CUSTOM_SECURITY_MANAGER = RapportSecurityManager
FLASK_APP_MUTATOR = guard
PUBLIC_ROLE_LIKE = None
AUTH_USER_REGISTRATION = False
FAB_API_SWAGGER_UI = False
FAB_PASSWORD_COMPLEXITY_ENABLED = True
WTF_CSRF_ENABLED = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _https
PERMANENT_SESSION_LIFETIME = timedelta(hours=12)
PREVENT_UNSAFE_DB_CONNECTIONS = True
DATASET_IMPORT_ALLOWED_DATA_URLS: list[str] = []
ENABLE_CORS = False
SHOW_STACKTRACE = False
FEATURE_FLAGS = {
    "ALERT_REPORTS": False,
    "ALLOW_ADHOC_SUBQUERY": False,
    "CSS_TEMPLATES": False,
    "DASHBOARD_RBAC": True,
    "DASHBOARD_VIRTUALIZATION": False,  # a printed or scrolled page shows every chart
    "DRILL_BY": False,
    "DRILL_TO_DETAIL": False,
    "EMBEDDABLE_CHARTS": False,
    "EMBEDDED_SUPERSET": False,
    "ENABLE_JAVASCRIPT_CONTROLS": False,
    "ENABLE_TEMPLATE_PROCESSING": False,
    "ESCAPE_MARKDOWN_HTML": False,  # tiles are HTML: sanitised in the browser, and a strict CSP behind that
    "FILTERBAR_CLOSED_BY_DEFAULT": True,
    "THUMBNAILS": False,
}

# --- what SQL may run ----------------------------------------------------------------------------------------------
SQL_QUERY_MUTATOR = mutate
DISALLOWED_SQL_FUNCTIONS = {
    **_SHIPPED_FUNCTIONS,
    "postgresql": _SHIPPED_FUNCTIONS["postgresql"]
    | set(FORBIDDEN_FUNCTIONS)
    | {
        "dblink",
        "dblink_connect",
        "dblink_exec",
        "lo_export",
        "lo_get",
        "lo_import",
        "lo_put",
        "pg_advisory_lock",
        "pg_cancel_backend",
        "pg_notify",
        "pg_reload_conf",
        "pg_stat_file",
    },
}
DISALLOWED_SQL_TABLES = {
    **_SHIPPED_TABLES,
    "postgresql": _SHIPPED_TABLES["postgresql"]
    | {"pg_stats", "pg_statistic", "pg_stats_ext", "pg_stats_ext_exprs", "pg_largeobject", "pg_stat_statements"},
}
ROW_LIMIT = 10_000
SQL_MAX_ROW = 10_000
DISPLAY_MAX_ROW = 10_000
DEFAULT_SQLLAB_LIMIT = 1_000
SQLLAB_TIMEOUT = 30
SUPERSET_WEBSERVER_TIMEOUT = 60
RESULTS_BACKEND = None
CELERY_CONFIG = None

# --- the browser ---------------------------------------------------------------------------------------------------
# No third-party host: the tracking pixel compiled into the JavaScript is stopped here, and here only.
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "connect-src": ["'self'"],
        "default-src": ["'self'"],
        "font-src": ["'self'", "data:"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "img-src": ["'self'", "blob:", "data:"],
        "object-src": ["'none'"],
        "script-src": ["'self'", "'strict-dynamic'", "'unsafe-eval'"],  # handlebars tiles compile their template
        "style-src": ["'self'", "'unsafe-inline'"],
        "worker-src": ["'self'", "blob:"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": _https,
    "frame_options": "DENY",
    "referrer_policy": "same-origin",
    "session_cookie_secure": _https,
}
HTML_SANITIZATION = True
HTML_SANITIZATION_SCHEMA_EXTENSIONS = {"attributes": {"*": ["style", "className"]}, "tagNames": ["style"]}
MAPBOX_API_KEY = ""
SLACK_ENABLE_AVATARS = False

# --- pages of our own ----------------------------------------------------------------------------------------------
BLUEPRINTS = [_decisions]

# --- look ----------------------------------------------------------------------------------------------------------
_logo = base64.b64encode((_HERE / "logo.svg").read_bytes()).decode()
APP_NAME = "Rapport"
APP_ICON = f"data:image/svg+xml;base64,{_logo}"
LOGO_TARGET_PATH = "/superset/dashboard/start/"
LOGO_TOOLTIP = "Which dashboard for which question"
FAVICONS = [{"href": APP_ICON}]
ENABLE_UI_THEME_ADMINISTRATION = False
THEME_DARK = None
THEME_FONT_URL_ALLOWED_DOMAINS: list[str] = []
THEME_DEFAULT = {
    "algorithm": "default",
    "token": {
        "borderRadius": 8,
        "brandAppName": APP_NAME,
        "brandIconMaxWidth": 140,
        "brandLogoAlt": APP_NAME,
        "brandLogoHeight": "26px",
        "brandLogoHref": "/superset/dashboard/start/",
        "brandLogoMargin": "15px 0",
        "brandLogoUrl": APP_ICON,
        "colorBgLayout": "#f4f6f8",
        "colorError": "#b5382f",
        "colorInfo": "#2f6f9f",
        "colorLink": "#17617f",
        "colorPrimary": "#17617f",
        "colorSuccess": "#2b7a5b",
        "colorTextBase": "#1d2b36",
        "colorWarning": "#c98a00",
        "fontFamily": "Inter, 'Segoe UI', Helvetica, Arial, sans-serif",
        "fontFamilyCode": "'IBM Plex Mono', 'Courier New', monospace",
    },
}
# Paul Tol's "muted" order, led by the house blue: told apart with every common colour-vision deficiency.
EXTRA_CATEGORICAL_COLOR_SCHEMES = [
    {
        "id": "rapport",
        "label": "Rapport",
        "description": "Colour-blind safe",
        "isDefault": True,
        "colors": ["#17617f", "#cc6677", "#ddcc77", "#117733", "#88ccee", "#882255", "#44aa99", "#999933", "#aa4499"],
    }
]

LOG_LEVEL = logging.WARNING
logging.getLogger("werkzeug").setLevel(logging.WARNING)
