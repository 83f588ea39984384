"""`manage.py resume`: take the halt back. What still stops trading afterwards is named."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from autotrader.lib.runtime import system_runtime
from trading.domain.trading_state import TradingState
from trading.management.accounts import chosen_accounts
from trading.selectors.trading_state import state_inputs
from trading.services.halt_file import remove_halt_file
from trading.services.set_trading_state import set_trading_state

BY = "command line"


class Command(BaseCommand):
    help = "Allow trading again: every account and the file VAR_DIR/HALT, or only the account named."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", default="resumed by hand", help="why, kept in the audit trail")
        parser.add_argument("--account", default="", help="only this account; the HALT file then stays")

    def handle(self, *args: Any, **options: Any) -> None:
        runtime, reason = system_runtime(), options["reason"]
        accounts = chosen_accounts(options["account"])
        if not options["account"] and remove_halt_file():
            self.stdout.write("The HALT file is removed.")
        for account in accounts:
            set_trading_state(runtime=runtime, account=account, state=TradingState.ACTIVE, reason=reason, by=BY)
            still = [item.reason for item in state_inputs(account.id) if item.state is not TradingState.ACTIVE]
            self.stdout.write(f"{account.name}: " + (f"still stopped: {'; '.join(still)}." if still else "ACTIVE."))
