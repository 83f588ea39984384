"""`manage.py stop_loop`: switch an account's trading loop off. Protective orders stay where they are."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ai.management.account_option import add_account_option, chosen_account
from autotrader.lib.errors import AutotraderError
from autotrader.lib.runtime import system_runtime
from trading.services.set_loop_enabled import set_loop_enabled


class Command(BaseCommand):
    help = "Switch the trading loop off. Stops and targets at the venue stay."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add_account_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            account = chosen_account(options["account"])
            set_loop_enabled(runtime=system_runtime(), account=account, is_enabled=False, by="command line")
        except AutotraderError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"The loop of {account.name} is off. Stops and targets at the venue stay.")
