"""The wiring itself as a Django app: it holds the commands that start the whole platform."""

from django.apps import AppConfig

from autotrader.lib import sqlite


class AutotraderConfig(AppConfig):
    name = "autotrader"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        sqlite.install()
