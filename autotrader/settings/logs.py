"""Logging: structured events through structlog, readable on a terminal, JSON lines in `VAR_DIR/logs`.

Keys that name secrets are redacted before anything is written.
"""

from pathlib import Path
from typing import Any

import structlog

SECRET_WORDS = ("secret", "password", "token", "api_key", "apikey", "authorization", "cookie", "signature")
REDACTED = "[redacted]"


def redact(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """A structlog processor that hides the values of keys that name secrets."""
    for key in event:
        if any(word in key.lower() for word in SECRET_WORDS):
            event[key] = REDACTED
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    redact,
]


def logging_settings(log_dir: Path, level: str) -> dict[str, Any]:
    """Django's LOGGING: warnings to the terminal, everything from `level` up to `platform.log` (rotated)."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": _formatter(structlog.processors.JSONRenderer()),
            "plain": _formatter(structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)),
        },
        "handlers": {
            "terminal": {"class": "logging.StreamHandler", "formatter": "plain", "level": "WARNING"},
            "file": {
                "class": "logging.handlers.RotatingFileHandler",
                "formatter": "json",
                "filename": str(log_dir / "platform.log"),
                "maxBytes": 20_000_000,
                "backupCount": 5,
                "delay": True,
            },
        },
        "root": {"handlers": ["terminal", "file"], "level": level.upper()},
        "loggers": {
            "daphne": {"level": "WARNING"},
            "celery": {"level": "WARNING"},
            "django_celery_beat": {"level": "WARNING"},
        },
    }


def _formatter(renderer: Any) -> dict[str, Any]:
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": _SHARED,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            renderer,
        ],
    }
