"""`manage.py run_cycle`: one cycle now, whether the loop is switched on or not."""

import argparse
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError

from ai.bootstrap import engine_of
from ai.domain.cycle_result import CycleResult, CycleState
from ai.management.account_option import add_account_option, chosen_account
from ai.services.run_cycle import run_cycle
from autotrader.lib.errors import AutotraderError
from autotrader.lib.money import plain
from trading.bootstrap import AccountParts, build_account_parts


class Command(BaseCommand):
    help = "Run one cycle of the trading loop now and say what was decided."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add_account_option(parser)
        parser.add_argument("--analyse-only", action="store_true", help="decide, but place no order")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            parts = build_account_parts(chosen_account(options["account"]))
            result = _run(parts, execute=not options["analyse_only"])
        except AutotraderError as error:
            raise CommandError(error.message) from error
        self.stdout.write(orjson.dumps(result.as_json()).decode() if options["json"] else as_text(result))


def _run(parts: AccountParts, *, execute: bool) -> CycleResult:
    engine = engine_of(parts)
    try:
        return run_cycle(
            now=parts.runtime.clock.now(),
            runtime=parts.runtime,
            account=parts.account,
            market=engine.market,
            decider=engine.decider,
            executor=engine.executor,
            execute=execute,
            is_slot=False,
        )
    finally:
        if parts.gateway is not None:
            parts.gateway.stop()


def as_text(result: CycleResult) -> str:
    """The result for a person at a terminal."""
    if result.state is not CycleState.DONE:
        return f"No cycle was run: {result.reason}."
    skipped = f", {result.instruments_skipped} out of session" if result.instruments_skipped else ""
    lines = [f"{len(result.decisions)} instruments analysed{skipped}."]
    for item in result.decisions:
        denied = f" by {item.denied_by}" if item.denied_by else ""
        lines.append(
            f"{item.symbol:<12} {item.action:<4} {plain(item.confidence):>6}  {item.status}{denied}  {item.reasoning}"
        )
    return "\n".join(lines)
