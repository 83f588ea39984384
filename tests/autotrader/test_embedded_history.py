"""The first 30 days are played once, go on after a kill, and never touch an account that already trades."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ai.models import CycleRow
from autotrader.embedded import history
from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import Runtime, seeded_runtime
from trading.adapters.simulated.feed import SimulatedFeed
from trading.domain.trading_state import Environment
from trading.models import Account, AccountControl, EquityPoint
from trading.ports import DataUnavailable
from trading.services.open_account import open_account
from trading.services.register_instruments import register_instruments

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 5, 4, 10, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def two_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "HISTORY_DAYS", 2 / 24)


@pytest.fixture
def runtime() -> Runtime:
    return seeded_runtime(VirtualClock(NOW), 3)


@pytest.fixture
def feed(runtime: Runtime) -> SimulatedFeed:
    return SimulatedFeed(7, ("BTCUSDT",), runtime.clock)


@pytest.fixture
def account(runtime: Runtime, feed: SimulatedFeed) -> Account:
    register_instruments(venue="paper-simulated", instruments=feed.instruments(), universe=["BTCUSDT"])
    return open_account(
        runtime=runtime,
        name="paper-simulated",
        venue="paper-simulated",
        environment=Environment.PAPER,
        quote_asset="USDT",
        cash=Decimal(10_000),
        market_label="SIMULATED",
    )


def test_every_slot_up_to_now_is_played_once(account: Account, feed: SimulatedFeed, tmp_path: Path) -> None:
    assert history.play_first_days(account, feed, NOW, tmp_path) == 8
    assert history.play_first_days(account, feed, NOW + timedelta(hours=1), tmp_path) == 0
    slots = list(CycleRow.objects.order_by("slot").values_list("slot", flat=True))
    assert slots[-1] == datetime(2026, 5, 4, 10, 15, tzinfo=UTC)
    assert len(slots) == 8
    assert EquityPoint.objects.exists()


def test_a_history_that_was_killed_goes_on_where_it_was(
    account: Account, feed: SimulatedFeed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = history.play_history

    def cut_short(**parts: object) -> None:
        seen: list[datetime] = []
        whole(**{**parts, "should_stop": lambda: len(seen) >= 3, "on_slot": seen.append})
        raise KeyboardInterrupt

    monkeypatch.setattr(history, "play_history", cut_short)
    with pytest.raises(KeyboardInterrupt):
        history.play_first_days(account, feed, NOW, tmp_path)
    monkeypatch.setattr(history, "play_history", whole)
    assert history.play_first_days(account, feed, NOW + timedelta(minutes=40), tmp_path) == 5
    assert CycleRow.objects.count() == 8


def test_an_account_that_has_traded_already_gets_no_history(
    account: Account, feed: SimulatedFeed, tmp_path: Path
) -> None:
    AccountControl.objects.filter(pk=account.pk).update(last_slot=NOW - timedelta(days=3))
    assert history.play_first_days(account, feed, NOW, tmp_path) == 0
    assert not CycleRow.objects.exists()


def test_a_market_without_history_writes_nothing_and_is_asked_again(account: Account, tmp_path: Path) -> None:
    class Silent(SimulatedFeed):
        def closed_bars(self, *args: object) -> list[object]:
            raise DataUnavailable("nobody there")

    silent = Silent(7, ("BTCUSDT",), VirtualClock(NOW))
    with pytest.raises(DataUnavailable):
        history.play_first_days(account, silent, NOW, tmp_path)
    assert not CycleRow.objects.exists()
    assert json.loads((tmp_path / f"history-{account.pk}.json").read_text())["is_done"] is False
