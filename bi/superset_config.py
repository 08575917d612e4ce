"""Superset's settings, read by Superset itself (`SUPERSET_CONFIG_PATH`).

All state is under HEADSET_HOME/superset: metadata (SQLite, for one machine), the secret key (made
once, for its owner alone), scratch space.
"""

import os
import secrets
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bi.charts import COLOURS
from bi.sandbox import bound_process, confine

HOME = Path(os.environ["HEADSET_HOME"]).absolute()
STATE = HOME / "superset"
PUBLISHED = HOME / "published"
STATE.mkdir(parents=True, exist_ok=True, mode=0o700)


def _secret_key() -> str:
    path = STATE / "secret.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
    return key


SECRET_KEY = os.environ.get("HEADSET_SUPERSET_SECRET_KEY") or _secret_key()
SQLALCHEMY_DATABASE_URI = f"sqlite:///{STATE / 'superset.db'}"
APP_NAME = "Headset"
FAVICONS = [{"href": "/static/assets/images/favicon.png"}]

# One machine, loopback, no TLS of its own.
SESSION_COOKIE_SECURE = False
SESSION_COOKIE_SAMESITE = "Lax"
WTF_CSRF_ENABLED = True
# The browser talks to this server alone: no pixel that counts visitors, no font from elsewhere.
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}

# Answers follow a new snapshot at once: nothing is cached.
CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
FILTER_STATE_CACHE_CONFIG = {"CACHE_TYPE": "SupersetMetastoreCache", "CACHE_DEFAULT_TIMEOUT": 86400}
EXPLORE_FORM_DATA_CACHE_CONFIG = FILTER_STATE_CACHE_CONFIG
RATELIMIT_STORAGE_URI = "memory://"

PREVENT_UNSAFE_DB_CONNECTIONS = True
FEATURE_FLAGS = {"ALERT_REPORTS": False, "DASHBOARD_RBAC": True, "TAGGING_SYSTEM": False}
TALISMAN_DEV_CONFIG = TALISMAN_CONFIG
ROW_LIMIT, SQL_MAX_ROW, SAMPLES_ROW_LIMIT = 5_000, 50_000, 500
EXTRA_CATEGORICAL_COLOR_SCHEMES = [
    {
        "id": "headset",
        "label": "Headset",
        "isDefault": True,
        "colors": list(COLOURS),
    }
]

bound_process()
confine(PUBLISHED, STATE / "scratch")
