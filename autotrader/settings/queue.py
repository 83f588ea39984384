"""Celery: `memory://` in the embedded mode, Redis when REDIS_URL is set. Tasks carry ids and may run twice."""

from autotrader.settings.environment import Environment


def celery_settings(environment: Environment) -> dict[str, object]:
    """Celery's settings under Django's `CELERY_` names for the given environment."""
    broker = environment.redis_url or "memory://localhost/"
    return {
        "CELERY_BROKER_URL": broker,
        "CELERY_BROKER_TRANSPORT_OPTIONS": {"visibility_timeout": 3600} if environment.redis_url else _EMBEDDED_OPTIONS,
        "CELERY_TASK_IGNORE_RESULT": True,
        "CELERY_TASK_DEFAULT_QUEUE": "default",
        "CELERY_TASK_ROUTES": {"ai.tasks.*": {"queue": "cycle"}, "evaluation.tasks.*": {"queue": "evaluation"}},
        "CELERY_WORKER_PREFETCH_MULTIPLIER": 1,
        "CELERY_WORKER_HIJACK_ROOT_LOGGER": False,
        "CELERY_WORKER_SEND_TASK_EVENTS": False,
        "CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP": True,
        "CELERY_TIMEZONE": "UTC",
        "CELERY_ENABLE_UTC": True,
        "CELERY_BEAT_SCHEDULER": "django_celery_beat.schedulers:DatabaseScheduler",
        "CELERY_BEAT_MAX_LOOP_INTERVAL": 1,
    }


# The default of one second between looks makes an in-memory queue crawl (8 tasks a second).
_EMBEDDED_OPTIONS = {"polling_interval": 0.05}
