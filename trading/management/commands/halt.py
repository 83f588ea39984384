"""`manage.py halt`: stop trading now. Works with the database down: the HALT file comes first."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from autotrader.lib.runtime import system_runtime
from trading.domain.trading_state import TradingState
from trading.management.accounts import chosen_accounts
from trading.services.halt_file import drop_halt_file
from trading.services.set_trading_state import set_trading_state

BY = "command line"


class Command(BaseCommand):
    help = "Stop trading: every account (the file VAR_DIR/HALT, works without the database) or the one named."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", default="halted by hand", help="why, kept in the audit trail")
        parser.add_argument("--account", default="", help="stop only this account")

    def handle(self, *args: Any, **options: Any) -> None:
        runtime, reason = system_runtime(), options["reason"]
        if not options["account"]:
            path = drop_halt_file(runtime=runtime, reason=reason, by=BY)
            self.stdout.write(f"Every account is stopped by {path}. Protective stops stay at the venue.")
        try:
            for account in chosen_accounts(options["account"]):
                set_trading_state(runtime=runtime, account=account, state=TradingState.HALTED, reason=reason, by=BY)
                self.stdout.write(f"{account.name}: HALTED.")
        except DatabaseError as error:
            path = drop_halt_file(runtime=runtime, reason=f"{reason} (the database refused)", by=BY)
            self.stderr.write(f"The database refused ({error}); {path} stops every account all the same.")
