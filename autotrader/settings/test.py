"""Tests: own directory, fast password hashes, no network partner, never the operator's .env."""

import os
import tempfile

os.environ.setdefault("ENV_FILE", os.devnull)
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="autotrader-test-"))
os.environ.setdefault("MARKET", "simulated")

from autotrader.settings.base import *  # noqa: F403
from autotrader.settings.base import AUTOTRADER, DATABASES, SQLITE_OPTIONS, VAR_DIR

SECRET_KEY = "only-for-tests-" + "x" * 50
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if AUTOTRADER.database_url.startswith("sqlite"):
    # A file, since threads cannot share an in-memory database as the platform's own do; without fsync, for speed.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS | {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"
    }
