"""What all modes share. Values that differ by machine come from the environment (see `environment.py`)."""

import os
from pathlib import Path

import environ

from autotrader.settings.dotenv import read_dotenv, require_known
from autotrader.settings.environment import Environment, known_names, read_environment
from autotrader.settings.logs import logging_settings
from autotrader.settings.queue import celery_settings
from autotrader.settings.web import *  # noqa: F403
from autotrader.settings.web import WEB_APPS, cache_settings

BASE_DIR = Path(__file__).resolve().parents[2]
ENV_FILE = Path(os.environ.get("ENV_FILE", BASE_DIR / ".env"))
_from_file = read_dotenv(ENV_FILE)
require_known(_from_file, known_names(), ENV_FILE)
VARIABLES = {**_from_file, **os.environ}
AUTOTRADER: Environment = read_environment(VARIABLES, BASE_DIR)
VAR_DIR = AUTOTRADER.var_dir
LOG_DIR = VAR_DIR / "logs"
LOG_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = False
ALLOWED_HOSTS = list(AUTOTRADER.allowed_hosts)

INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    *WEB_APPS,
    "django_celery_beat",
    "autotrader",
    "trading",
    "ai",
    "health",
    "evaluation",
    "dashboard",
]

MIDDLEWARE = [
    "dashboard.api.problem_middleware.ApiProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "dashboard.access.nul_guard.NulGuardMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "dashboard.access.client_address.ClientAddressMiddleware",
    "dashboard.access.login_rate.LoginRateMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "autotrader.urls"
ASGI_APPLICATION = "autotrader.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}


def database_settings(url: str) -> dict[str, object]:
    """Django's settings for a database URL: SQLite with WAL and IMMEDIATE, PostgreSQL with the psycopg pool."""
    settings: dict[str, object] = dict(environ.Env.db_url_config(url))
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        settings["OPTIONS"] = dict(SQLITE_OPTIONS)
    else:
        settings["OPTIONS"] = {"pool": {"min_size": 1, "max_size": 12}}
    return settings


DATABASES = {"default": database_settings(AUTOTRADER.database_url)}
CACHES = cache_settings(AUTOTRADER)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
VENDOR_DIR = BASE_DIR / "node_modules" / ".vendor"
VENDOR_DIR.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [("vendor", VENDOR_DIR)]
WHITENOISE_USE_FINDERS = True
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"

globals().update(celery_settings(AUTOTRADER))
LOGGING = logging_settings(LOG_DIR, AUTOTRADER.log_level)
