"""How the web side behaves in every mode: API, login, cookies, and what a page may load.

Imported by `base.py`. What only HTTPS allows is in `https.py`, for production.
"""

from datetime import timedelta
from typing import Any

from csp.constants import NONE, SELF

from autotrader.settings.environment import Environment

WEB_APPS = ["axes", "csp"]
API_PREFIX = "/api/"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "dashboard.access.lockout.locked_out"
AXES_SENSITIVE_PARAMETERS = ["password"]
AXES_VERBOSE = False
LOGIN_POSTS_PER_MINUTE = 5
TRUSTED_PROXY_COUNT = 0
LOGIN_PATHS = ("/login/", "/admin/login/")

_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]

SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "dashboard.access.authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["dashboard.api.permissions.RoleAllows"],
    "DEFAULT_THROTTLE_CLASSES": [
        "dashboard.api.throttles.ReadThrottle",
        "dashboard.api.throttles.WriteThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"read": "300/min", "write": "30/min"},
    "DEFAULT_PARSER_CLASSES": ["dashboard.api.parsers.ExactJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "dashboard.api.paging.StablePaging",
    "DEFAULT_FILTER_BACKENDS": ["dashboard.api.filters.StrictFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "dashboard.api.exception_handler.problem_response",
    "NUM_PROXIES": 0,
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}

KNOX_TOKEN_MODEL = "dashboard.ApiToken"  # noqa: S105 - the name of a model
# Knox's own table would stay empty beside ours, and its foreign key keeps PostgreSQL from emptying the users' table.
MIGRATION_MODULES = {"knox": None}
REST_KNOX = {
    "TOKEN_TTL": timedelta(days=90),
    "TOKEN_PREFIX": "at_",
    "AUTO_REFRESH": False,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "autotrader",
    "DESCRIPTION": (
        "Read and steer the trading platform. Decimals are text, times are UTC. "
        "Log in with a session (send the CSRF token) or with `Authorization: Token …`. "
        "Errors are `application/problem+json`. Nothing here promises profit."
    ),
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["dashboard.api.permissions.RoleAllows"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": False, "displayRequestDuration": True},
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/(v1/)?",
    "ENUM_NAME_OVERRIDES": {
        "TradingStateEnum": "trading.domain.trading_state.TradingState",
        "CycleStateEnum": "ai.models.CycleRow.State",
        "OrderStateEnum": "trading.domain.order.OrderState",
        "IntentStateEnum": "trading.models.Intent.State",
        "DecisionStatusEnum": "trading.domain.decision.DecisionStatus",
        "ParameterSetStatusEnum": "trading.models.ParameterSet.Status",
        "InstrumentStatusEnum": "trading.domain.instrument.InstrumentStatus",
        "HealthLevelEnum": ["ok", "degraded", "down"],
        "ServiceStateEnum": ["ACTIVE", "DISABLED"],
    },
    "PREPROCESSING_HOOKS": ["dashboard.api.schema_hooks.keep_one_spelling"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "dashboard.api.schema_hooks.describe_problems",
    ],
}


def cache_settings(environment: Environment) -> dict[str, Any]:
    """Where throttles count: in this process when it is alone, in Redis where several processes serve."""
    if environment.redis_url:
        return {
            "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": environment.redis_url}
        }
    return {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "autotrader",
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    }
