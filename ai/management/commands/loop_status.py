"""`manage.py loop_status`: how an account's trading loop is doing."""

import argparse
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ai.management.account_option import add_account_option, chosen_account
from ai.selectors.status import LoopStatus, loop_status
from autotrader.lib.canonical import canonical_json, iso_utc
from autotrader.lib.errors import AutotraderError
from autotrader.lib.money import plain
from autotrader.lib.runtime import system_runtime


class Command(BaseCommand):
    help = "Say whether the trading loop is on, whether cycles come, and what it has done."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add_account_option(parser)
        parser.add_argument("--json", action="store_true", help="print the status as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            account = chosen_account(options["account"])
            now = system_runtime().clock.now()
            status = loop_status(account, now, settings.AUTOTRADER.check_interval_seconds)
        except AutotraderError as error:
            raise CommandError(error.message) from error
        text = canonical_json(status.as_dict()).decode() if options["json"] else as_text(account.name, status)
        self.stdout.write(text)


def as_text(name: str, status: LoopStatus) -> str:
    """The status for a person at a terminal."""
    last = iso_utc(status.last_decision_time) if status.last_decision_time else "never"
    confidence = plain(status.current_confidence) if status.current_confidence is not None else "none"
    return "\n".join(
        [
            f"{name}: the loop is {'on' if status.enabled else 'off'}, mode {status.mode}, "
            f"{'cycles come' if status.is_running else 'no cycle lately'}.",
            f"Cycles: {status.loop_iterations}. Trades executed: {status.trades_executed}. "
            f"Open positions: {status.active_positions}.",
            f"Last decision: {last}, confidence {confidence}.",
        ]
    )
