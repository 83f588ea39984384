"""The real parts around one account on a virtual clock: simulated market, paper venue, order gateway, executor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from ai.domain.cycle_result import CycleResult
from ai.ports import Decider
from ai.services.run_cycle import run_cycle
from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import Runtime, seeded_runtime
from trading.adapters.simulated.feed import SimulatedFeed
from trading.bootstrap import AccountParts, build_account_parts
from trading.models import Account
from trading.services.open_account import open_account
from trading.services.register_instruments import register_instruments

START = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
UNIVERSE = ("BTCUSDT", "ETHUSDT")


@dataclass
class Platform:
    """Everything of one account; `cycle` moves the clock a minute on and runs one."""

    clock: VirtualClock
    runtime: Runtime
    account: Account
    parts: AccountParts

    def cycle(self, decider: Decider, *, execute: bool = True, step: timedelta = timedelta(minutes=1)) -> CycleResult:
        self.clock.advance(step)
        return run_cycle(
            now=self.clock.now(),
            runtime=self.runtime,
            account=self.account,
            market=self.parts.market,
            decider=decider,
            executor=self.parts.executor,
            execute=execute,
        )


def make_platform(universe: Sequence[str] = UNIVERSE, start: datetime = START, cash: str = "10000") -> Platform:
    clock = VirtualClock(start)
    runtime = seeded_runtime(clock, 11)
    feed = SimulatedFeed(7, universe, clock)
    account = open_account(
        runtime=runtime,
        name="paper-simulated",
        venue="paper-simulated",
        environment="paper",
        quote_asset="USDT",
        cash=Decimal(cash),
        market_label=feed.label,
    )
    register_instruments(venue=account.venue, instruments=feed.instruments(), universe=universe)
    return Platform(clock, runtime, account, build_account_parts(account, runtime=runtime, feed=feed))
