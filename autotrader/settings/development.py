"""The embedded default: one process, SQLite, no key, no server, paper money."""

from autotrader.settings.base import *  # noqa: F403
from autotrader.settings.base import VAR_DIR
from autotrader.settings.secret_key import stored_secret_key

SECRET_KEY = stored_secret_key(VAR_DIR / "secret_key")
