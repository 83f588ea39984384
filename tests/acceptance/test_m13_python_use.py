"""M13, the part about the engine: FullyAutonomousTrader(market_fetcher, trade_executor), from a plain Python shell."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ai.autonomous_engine import FullyAutonomousTrader
from ai.models import CycleRow, DecisionRow
from autotrader.lib.clock import SystemClock
from autotrader.lib.errors import BadInput, Conflict
from autotrader.lib.runtime import system_runtime
from trading.bootstrap import AccountParts, build_account_parts
from trading.models import AccountControl

pytestmark = pytest.mark.django_db(transaction=True)

STATUS_KEYS = {
    "enabled",
    "mode",
    "is_running",
    "trades_executed",
    "last_decision_time",
    "current_confidence",
    "active_positions",
    "loop_iterations",
}

SCRIPT = """
import django; django.setup()
from trading.bootstrap import build_account_parts
from ai.autonomous_engine import FullyAutonomousTrader
parts = build_account_parts()
trader = FullyAutonomousTrader(parts.market, parts.executor, interval_seconds=1)
trader.start()
import time
for _ in range(200):
    if trader.get_status()["loop_iterations"] >= 2:
        break
    time.sleep(0.1)
print(trader.stop(), trader.get_status()["loop_iterations"] >= 2, len(trader.get_execution_history()))
"""


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    clock = SystemClock()
    end = clock.monotonic() + seconds
    while not condition():
        assert clock.monotonic() < end, "it took too long"
        clock.sleep(0.02)


@pytest.fixture
def parts() -> AccountParts:
    return build_account_parts()


def test_it_runs_cycles_until_it_is_stopped(parts: AccountParts) -> None:
    trader = FullyAutonomousTrader(parts.market, parts.executor, interval_seconds=1)
    trader.start()
    try:
        wait_for(lambda: CycleRow.objects.filter(state="DONE").count() >= 2)
        assert trader.get_status()["enabled"] is True
        assert trader.get_status()["is_running"] is True
    finally:
        assert trader.stop() is True
    count = CycleRow.objects.count()
    system_runtime().clock.sleep(1.2)
    assert CycleRow.objects.count() == count
    assert AccountControl.objects.get().is_enabled is False


def test_its_status_and_history_are_the_platforms_rows(parts: AccountParts) -> None:
    trader = FullyAutonomousTrader(parts.market, parts.executor, interval_seconds=1)
    assert set(trader.get_status()) == STATUS_KEYS
    assert trader.get_execution_history() == []
    trader.start()
    wait_for(lambda: DecisionRow.objects.count() >= 10)
    trader.stop()
    history = trader.get_execution_history()
    assert history[0]["decision_id"] == DecisionRow.objects.latest("id").pk
    assert {"time", "market", "reasoning", "confidence", "action", "status"} <= set(history[0])
    assert len(trader.get_execution_history(limit=3)) == 3


def test_a_second_start_is_refused(parts: AccountParts) -> None:
    trader = FullyAutonomousTrader(parts.market, parts.executor, interval_seconds=60)
    trader.start()
    try:
        with pytest.raises(Conflict, match="already running"):
            trader.start()
    finally:
        trader.stop()
    trader.start()
    assert trader.stop() is True


def test_two_traders_on_one_account_run_each_slot_once(parts: AccountParts) -> None:
    traders = [FullyAutonomousTrader(parts.market, parts.executor, interval_seconds=1) for _ in range(2)]
    for trader in traders:
        trader.start()
    wait_for(lambda: CycleRow.objects.filter(state="DONE").count() >= 3)
    for trader in traders:
        trader.stop()
    slots = list(CycleRow.objects.values_list("slot", flat=True))
    assert len(slots) == len(set(slots))
    assert DecisionRow.objects.count() == 10 * len(slots)


@pytest.mark.parametrize("interval", [0, -5, 86401])
def test_a_bad_interval_says_what_is_accepted(parts: AccountParts, interval: int) -> None:
    with pytest.raises(BadInput, match="accepted is 1 to 86400"):
        FullyAutonomousTrader(parts.market, parts.executor, interval_seconds=interval)


@pytest.mark.slow
def test_it_works_in_a_plain_python_process(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "autotrader.settings.development",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": "",
        "ENV_FILE": os.devnull,
        "MARKET": "simulated",
    }
    for command in (["manage.py", "migrate", "-v0"], ["-c", SCRIPT]):
        done = subprocess.run([sys.executable, *command], cwd=root, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-3:] == ["True", "True", "20"]
