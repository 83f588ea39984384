"""Production: PostgreSQL, Redis, several processes behind TLS. Refuses to start without what it needs."""

from autotrader.settings.base import *  # noqa: F403
from autotrader.settings.base import AUTOTRADER, BASE_DIR, VARIABLES
from autotrader.settings.environment import BadSetting

MIN_SECRET_KEY_LENGTH = 50


def _required_secret_key() -> str:
    key = VARIABLES.get("SECRET_KEY", "")
    if len(key) < MIN_SECRET_KEY_LENGTH:
        raise BadSetting("SECRET_KEY", "…", f"accepted is a random text of at least {MIN_SECRET_KEY_LENGTH} characters")
    return key


def _require_servers() -> None:
    if not AUTOTRADER.database_url.startswith("postgres"):
        raise BadSetting("DATABASE_URL", AUTOTRADER.database_url, "production needs postgresql://…")
    if not AUTOTRADER.redis_url:
        raise BadSetting("REDIS_URL", "", "production needs redis://… or rediss://…")


SECRET_KEY = _required_secret_key()
_require_servers()

WHITENOISE_USE_FINDERS = False
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
TRUSTED_PROXY_COUNT = 1
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in AUTOTRADER.allowed_hosts if host not in ("*", "[::1]")]
