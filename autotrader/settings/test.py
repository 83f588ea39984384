"""Tests: own directory, fast password hashes, no network partner, never the operator's .env."""

import os
import tempfile

os.environ.setdefault("ENV_FILE", os.devnull)
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="autotrader-test-"))
os.environ.setdefault("MARKET", "simulated")

from autotrader.settings.base import *  # noqa: F403

SECRET_KEY = "only-for-tests-" + "x" * 50
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
