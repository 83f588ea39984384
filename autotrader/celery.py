"""The Celery application. Its settings are Django's `CELERY_` ones (`autotrader/settings/queue.py`)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autotrader.settings.development")

app = Celery("autotrader")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
