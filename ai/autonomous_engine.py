"""The loop for people who write Python (M13): start it, stop it, ask how it is doing, over the platform's own rows.

    import django; django.setup()                      # with DJANGO_SETTINGS_MODULE=autotrader.settings.development
    from trading.bootstrap import build_account_parts
    from ai.autonomous_engine import FullyAutonomousTrader
    parts = build_account_parts()
    trader = FullyAutonomousTrader(parts.market, parts.executor)
    trader.start()

A running server on the same database does no harm: a slot is run once, and one gateway holds the lease.
"""

import threading
from typing import Any, Protocol

from django.conf import settings

from ai.adapters.rules_decider import RulesDecider
from ai.engine import Engine
from ai.ports import Decider, Executor, Market
from ai.selectors.history import HISTORY_LENGTH, recent_decisions
from ai.selectors.status import loop_status
from ai.services.run_loop import run_loop
from autotrader.lib.errors import BadInput, Conflict
from autotrader.lib.runtime import Runtime
from trading.domain.strategies.rules import RuleStrategy
from trading.models import Account
from trading.services.set_loop_enabled import set_loop_enabled

BY = "python"
STOP_TIMEOUT_SECONDS = 30.0


class AccountExecutor(Executor, Protocol):
    """An executor that says for whom it executes (`trading.execution.TradeExecutor` does)."""

    @property
    def runtime(self) -> Runtime: ...

    @property
    def account(self) -> Account: ...


class FullyAutonomousTrader:
    """Runs the trading loop of the executor's account in a thread of its own.

    `decider` is the rules when it is not given, `interval_seconds` CHECK_INTERVAL. Raises BadInput for an interval
    outside 1 second to 1 day.
    """

    def __init__(
        self,
        market_fetcher: Market,
        trade_executor: AccountExecutor,
        *,
        decider: Decider | None = None,
        interval_seconds: int | None = None,
    ) -> None:
        self._interval = settings.AUTOTRADER.check_interval_seconds if interval_seconds is None else interval_seconds
        if not 1 <= self._interval <= 86400:  # noqa: PLR2004 - the bounds of CHECK_INTERVAL
            raise BadInput(f"interval_seconds is {self._interval}; accepted is 1 to 86400")
        self._engine = Engine(
            runtime=trade_executor.runtime,
            account=trade_executor.account,
            market=market_fetcher,
            decider=decider or RulesDecider(RuleStrategy()),
            executor=trade_executor,
        )
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_alive(self) -> bool:
        """Whether this object's own thread is running."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Switch the loop on and run it here. Raises Conflict when this object runs it already."""
        if self.is_alive:
            raise Conflict("this trader is already running: call stop() first")
        self._switch(True)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(self._stop,), name="trading-loop", daemon=True)
        self._thread.start()

    def stop(self, timeout_seconds: float = STOP_TIMEOUT_SECONDS) -> bool:
        """Switch the loop off and wait for the running cycle; False when it is still busy after the time."""
        self._switch(False)
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout_seconds)
        return not self.is_alive

    def get_status(self) -> dict[str, Any]:
        """enabled, mode, is_running, trades_executed, last_decision_time, current_confidence, active_positions and
        loop_iterations, as the API gives them."""
        now = self._engine.runtime.clock.now()
        return loop_status(self._engine.account, now, self._interval).as_dict()

    def get_execution_history(self, limit: int = HISTORY_LENGTH) -> list[dict[str, Any]]:
        """The last `limit` decisions, newest first, whoever's cycle made them. Raises BadInput for a bad limit."""
        return [item.as_dict() for item in recent_decisions(self._engine.account, limit=limit)]

    def _switch(self, is_enabled: bool) -> None:
        set_loop_enabled(runtime=self._engine.runtime, account=self._engine.account, is_enabled=is_enabled, by=BY)

    def _run(self, stop_event: threading.Event) -> None:
        run_loop(
            engine=self._engine,
            interval_seconds=self._interval,
            stop_event=stop_event,
            clock_speed=settings.AUTOTRADER.simulation_speed,
        )
