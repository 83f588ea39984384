"""M01: the autonomous loop. Every CHECK_INTERVAL, never overlapping, missed slots counted, the switch survives."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from ai.adapters.rules_decider import RulesDecider
from ai.autonomous_engine import FullyAutonomousTrader
from ai.engine import Engine
from ai.models import CycleRow, DecisionRow
from ai.services.run_slot import run_slot
from autotrader.lib.clock import SystemClock
from tests.ai.fakes import FakeDecider
from tests.ai.platform import Platform, make_platform
from trading.bootstrap import build_account_parts
from trading.domain.strategies.rules import RuleStrategy
from trading.models import AccountControl

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]


def engine_of(platform: Platform) -> Engine:
    rules = RulesDecider(RuleStrategy())
    return Engine(platform.runtime, platform.account, platform.parts.market, rules, platform.parts.executor)


def test_an_hour_of_the_loop_runs_every_minute_once() -> None:
    platform = make_platform()
    engine = engine_of(platform)
    for _ in range(60):
        platform.clock.advance(timedelta(minutes=1))
        run_slot(engine=engine, interval_seconds=60)
    control = AccountControl.objects.get()
    assert (control.slots_run, control.slots_missed) == (60, 0)
    assert CycleRow.objects.filter(state="DONE").count() == 60
    assert DecisionRow.objects.count() == 120


def test_stocks_trade_in_their_session_only_and_half_days_end_early() -> None:
    before_the_bell = datetime(2025, 11, 28, 14, 25, tzinfo=UTC)
    platform = make_platform(("AAPL",), before_the_bell)
    engine = engine_of(platform)
    analysed: list[datetime] = []
    while platform.clock.now() < datetime(2025, 11, 28, 19, 0, tzinfo=UTC):
        platform.clock.advance(timedelta(minutes=5))
        if run_slot(engine=engine, interval_seconds=300).decisions:
            analysed.append(platform.clock.now())
    assert analysed[0] == datetime(2025, 11, 28, 14, 30, tzinfo=UTC)
    assert analysed[-1] == datetime(2025, 11, 28, 17, 55, tzinfo=UTC)
    assert AccountControl.objects.get().slots_missed == 0


def test_crypto_trades_on_a_holiday() -> None:
    platform = make_platform(start=datetime(2025, 12, 25, 3, 0, tzinfo=UTC))
    assert len(platform.cycle(FakeDecider()).decisions) == 2


def test_the_switch_survives_a_restart() -> None:
    parts = build_account_parts()
    trader = FullyAutonomousTrader(parts.market, parts.executor, interval_seconds=1)
    trader.start()
    trader.stop()
    assert parts.gateway is not None
    parts.gateway.stop()
    again = build_account_parts()
    result = run_slot(
        engine=Engine(again.runtime, again.account, again.market, FakeDecider(), again.executor), interval_seconds=60
    )
    assert result.state == "STOPPED"


@pytest.mark.slow
def test_killed_in_the_middle_and_started_again_it_goes_on(tmp_path: Path) -> None:
    """kill -9 while cycles run, several times: the next cycle runs to its end, and the audit trail is whole."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "autotrader.settings.development",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": "",
        "ENV_FILE": os.devnull,
        "MARKET": "simulated",
    }
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    clock = SystemClock()
    for delay in (1.6, 2.1, 2.6):
        child = subprocess.Popen([*manage, "run_cycle"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        clock.sleep(delay)
        child.send_signal(signal.SIGKILL)
        child.wait()
    done = subprocess.run([*manage, "run_cycle", "--json"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert orjson.loads(done.stdout)["state"] == "DONE"
    audit = subprocess.run([*manage, "verify_audit"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert audit.returncode == 0, audit.stdout + audit.stderr
