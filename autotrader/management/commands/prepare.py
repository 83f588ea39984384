"""`manage.py prepare`: tables, roles, account and schedule for processes that are started one by one (production)."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from ai.services.ensure_schedule import ensure_schedule
from autotrader.lib.errors import AutotraderError
from autotrader.lib.runtime import system_runtime
from autotrader.schedule import ensure_hourly_schedule
from dashboard.access.ensure_roles import ensure_roles
from trading.bootstrap import ensure_default_account


class Command(BaseCommand):
    help = "Bring the database up to date and make what the platform's processes expect. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        try:
            ensure_roles()
            account = ensure_default_account(settings.AUTOTRADER, system_runtime())
            ensure_schedule(account=account)
            ensure_hourly_schedule()
        except AutotraderError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Ready: account {account.name}, market {account.market_label}.")
        self.stdout.write("Make the first person with: manage.py create_operator NAME --role operator")
