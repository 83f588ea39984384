"""The fetcher: one picture for a cycle, one instrument's trouble never another's."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from django.db import DatabaseError

import trading.market
from autotrader.lib.clock import VirtualClock
from autotrader.lib.errors import NotFound
from autotrader.lib.runtime import seeded_runtime
from tests.trading.market.makers import START, FakeFeed, bar, bars, crypto
from trading.adapters.calendars import calendar_for
from trading.adapters.symbols import us_stock
from trading.domain.bar import Bar, Interval
from trading.domain.instrument import Instrument
from trading.domain.market_snapshot import InstrumentSnapshot
from trading.domain.parameters import StrategyParameters
from trading.market import MarketDataFetcher
from trading.models import Account, BarRow, InstrumentRow, PositionRow
from trading.services.register_instruments import register_instruments

pytestmark = pytest.mark.django_db

PARAMETERS = StrategyParameters()


class Desk:
    """A fetcher over a fake feed with its clock and account."""

    def __init__(
        self,
        known: Sequence[Bar],
        instruments: Sequence[Instrument] = (crypto(),),
        interval: Interval = Interval.M1,
        backup: FakeFeed | None = None,
    ) -> None:
        self.clock = VirtualClock(START)
        self.feed = FakeFeed(self.clock, known, instruments)
        if backup is not None:
            backup._clock = self.clock
        symbols = [instrument.symbol for instrument in instruments]
        register_instruments(venue="paper", instruments=instruments, universe=symbols)
        runtime = seeded_runtime(self.clock, 1)
        self.market = MarketDataFetcher(runtime, self.feed, calendar_for, "paper", symbols, interval, backup)
        self.account = Account.objects.create(
            name="test", venue="paper", environment="paper", quote_asset="USDT", starting_cash=1000, created_at=START
        )

    def at(self, moment: datetime) -> dict[str, InstrumentSnapshot]:
        """Refresh at `moment` and take the picture."""
        self.clock.move_to(moment)
        self.market.refresh(moment)
        picture = self.market.snapshot(moment, self.account, PARAMETERS, "set")
        return {item.instrument.symbol: item for item in picture.instruments}


def test_a_warm_instrument_has_bar_indicators_and_no_problem() -> None:
    desk = Desk(bars(40))
    seen = desk.at(bar(40).open_time)["BTCUSDT"]
    assert seen.data_problem == ""
    assert seen.bar == bars(40)[-1]
    assert seen.indicators is not None
    closes = [float(item.close) for item in bars(40)]
    assert seen.indicators.sma_short == pytest.approx(np.mean(closes[-10:]))
    assert seen.indicators.sma_long == pytest.approx(np.mean(closes[-30:]))
    assert seen.median_volume == Decimal(10)
    assert (seen.is_session_open, seen.minutes_to_close) == (True, None)
    assert desk.market.prices() == {"BTCUSDT": seen.bar.close}


def test_every_new_bar_is_stored_once() -> None:
    desk = Desk(bars(50))
    desk.at(bar(40).open_time)
    assert desk.market.refresh(bar(40).open_time).new_bars == 0
    desk.clock.move_to(bar(43).open_time)
    assert desk.market.refresh(bar(43).open_time).new_bars == 3
    assert BarRow.objects.count() == 43


def test_step_by_step_and_all_at_once_give_the_same_indicators() -> None:
    slow, quick = Desk(bars(120)), None
    for number in range(60, 121):
        last = slow.at(bar(number).open_time)
    Account.objects.all().delete()
    quick = Desk(bars(120)).at(bar(120).open_time)
    assert quick["BTCUSDT"] == last["BTCUSDT"]


def test_nothing_is_asked_while_no_bar_is_due() -> None:
    desk = Desk(bars(50))
    desk.at(bar(40).open_time)
    asked = len(desk.feed.asked)
    desk.at(bar(40).open_time + timedelta(seconds=59))
    assert len(desk.feed.asked) == asked
    desk.at(bar(41).open_time)
    assert len(desk.feed.asked) == asked + 1


def test_one_failing_instrument_does_not_stop_the_others() -> None:
    desk = Desk([*bars(50), *bars(50, symbol="ETHUSDT")], [crypto(), crypto("ETHUSDT")])
    desk.at(bar(40).open_time)
    desk.feed.failing = {"ETHUSDT"}
    seen = desk.at(bar(41).open_time)
    assert seen["BTCUSDT"].data_problem == ""
    assert seen["ETHUSDT"].data_problem == "no data: ETHUSDT is out of order"
    desk.feed.failing = set()
    seen = desk.at(bar(42).open_time)
    assert seen["ETHUSDT"].data_problem == ""
    assert seen["ETHUSDT"].bar == bars(50, symbol="ETHUSDT")[41]


def test_an_instrument_that_fails_at_the_start_is_warmed_when_it_comes_back() -> None:
    desk = Desk(bars(60))
    desk.feed.failing = {"BTCUSDT"}
    assert desk.at(bar(40).open_time)["BTCUSDT"].indicators is None
    desk.feed.failing = set()
    assert desk.at(bar(41).open_time)["BTCUSDT"].data_problem == ""
    assert BarRow.objects.count() == 41


def test_the_backup_answers_when_the_feed_cannot() -> None:
    backup = FakeFeed(VirtualClock(START), bars(60))
    desk = Desk([], backup=backup)
    desk.feed.failing = {"BTCUSDT"}
    backup.label = "the backup"
    assert desk.at(bar(40).open_time)["BTCUSDT"].data_problem == ""
    assert set(BarRow.objects.values_list("source", flat=True)) == {"the backup"}


def test_the_backup_fills_a_hole_of_the_feed() -> None:
    with_hole = [item for item in bars(60) if item.open_time != bar(45).open_time]
    desk = Desk(with_hole, backup=FakeFeed(VirtualClock(START), bars(60)))
    desk.at(bar(44).open_time)
    assert desk.at(bar(50).open_time)["BTCUSDT"].data_problem == ""
    assert BarRow.objects.filter(open_time=bar(45).open_time).exists()


def test_without_a_backup_a_hole_means_hold_and_then_heals() -> None:
    desk = Desk([item for item in bars(120) if item.open_time != bar(45).open_time])
    desk.at(bar(44).open_time)
    assert "1 bar is missing before 2026-03-02 00:46" in desk.at(bar(50).open_time)["BTCUSDT"].data_problem
    assert "29 of 30 bars" in desk.at(bar(75).open_time)["BTCUSDT"].data_problem
    assert desk.at(bar(76).open_time)["BTCUSDT"].data_problem == ""


def test_a_backup_confirms_a_jump() -> None:
    crash = [*bars(40), *[bar(number, "60") for number in range(40, 60)]]
    alone, backed = Desk(crash), None
    alone.at(bar(40).open_time)
    assert "quarantined" in alone.at(bar(41).open_time)["BTCUSDT"].data_problem
    Account.objects.all().delete()
    backed = Desk(crash, backup=FakeFeed(VirtualClock(START), crash))
    backed.at(bar(40).open_time)
    assert backed.at(bar(41).open_time)["BTCUSDT"].data_problem == ""


def test_silence_is_named_after_two_bars() -> None:
    desk = Desk(bars(40))
    assert desk.at(bar(42).open_time)["BTCUSDT"].data_problem == ""
    assert "more than 2 bars ago" in desk.at(bar(43).open_time)["BTCUSDT"].data_problem


def test_other_windows_make_the_indicators_anew() -> None:
    desk = Desk(bars(120))
    desk.at(bar(100).open_time)
    changed = PARAMETERS.with_changes(short_window=5, long_window=20)
    picture = desk.market.snapshot(bar(100).open_time, desk.account, changed, "other")
    values = picture.instruments[0].indicators
    assert values is not None
    assert values.sma_short == pytest.approx(np.mean([float(item.close) for item in bars(100)[-5:]]))
    assert picture.instruments[0].data_problem == ""
    assert picture.parameter_set_id == "other"


def test_days_before_come_as_hours_and_give_the_daily_range() -> None:
    hours = [bar(number, interval=Interval.H1, high="103", low="97") for number in range(-24 * 17, 0)]
    minutes = bars(900, -600)
    desk = Desk([*hours, *minutes])
    seen = desk.at(bar(300).open_time)["BTCUSDT"]
    assert seen.indicators is not None
    assert seen.indicators.daily_atr_percent == pytest.approx(6 / float(minutes[-1].close) * 100, rel=0.1)
    assert seen.indicators.rsi is not None
    assert BarRow.objects.filter(interval="1h").count() == 0


def test_a_broken_database_makes_the_fetcher_begin_again(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(bars(60))
    desk.at(bar(40).open_time)

    def broken(**_: object) -> int:
        raise DatabaseError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(trading.market, "store_bars", broken)
        desk.clock.move_to(bar(41).open_time)
        with pytest.raises(DatabaseError):
            desk.market.refresh(bar(41).open_time)
    assert desk.at(bar(42).open_time)["BTCUSDT"].data_problem == ""
    assert BarRow.objects.count() == 42


def test_positions_are_in_the_picture_with_their_result() -> None:
    desk = Desk(bars(60))
    row = InstrumentRow.objects.get(symbol="BTCUSDT")
    PositionRow.objects.create(
        account=desk.account,
        instrument=row,
        quantity=Decimal("0.5"),
        cost=Decimal(45),
        average_entry_price=Decimal(90),
        stop_loss=Decimal(85),
        take_profit=Decimal(120),
        opened_at=START,
        updated_at=START,
    )
    held = desk.at(bar(40).open_time)["BTCUSDT"].position
    assert held is not None
    assert held.unrealised_pnl == Decimal("0.5") * bars(40)[-1].close - 45
    assert (held.quantity, held.stop_loss, held.opened_at) == (Decimal("0.5"), Decimal(85), START)


def test_dust_is_not_a_position() -> None:
    desk = Desk(bars(60))
    PositionRow.objects.create(
        account=desk.account,
        instrument=InstrumentRow.objects.get(symbol="BTCUSDT"),
        quantity=Decimal("0.0000001"),
        updated_at=START,
    )
    assert desk.at(bar(40).open_time)["BTCUSDT"].position is None


def test_the_picture_costs_one_query(django_assert_num_queries: Callable[..., AbstractContextManager[object]]) -> None:
    desk = Desk([*bars(60), *bars(60, symbol="ETHUSDT")], [crypto(), crypto("ETHUSDT")])
    desk.at(bar(40).open_time)
    with django_assert_num_queries(1):
        desk.market.snapshot(bar(40).open_time, desk.account, PARAMETERS, "set")


def test_a_stock_is_open_in_its_session_only_and_counts_down_to_a_half_days_close() -> None:
    calendar = calendar_for("XNYS")
    start = datetime.fromisoformat("2026-11-20T00:00:00+00:00")
    opens = calendar.expected_open_times(Interval.M5, start, start + timedelta(days=10))
    known = [bar(0, symbol="SPY", interval=Interval.M5, start=moment) for moment in opens]
    desk = Desk(known, [us_stock("SPY")], Interval.M5)
    half_day = datetime.fromisoformat("2026-11-27T00:00:00+00:00")
    before = desk.at(half_day + timedelta(hours=14))["SPY"]
    assert (before.is_session_open, before.minutes_to_close, before.data_problem) == (False, None, "")
    inside = desk.at(half_day + timedelta(hours=17, minutes=45))["SPY"]
    assert (inside.is_session_open, inside.minutes_to_close, inside.data_problem) == (True, 15, "")
    after = desk.at(half_day + timedelta(hours=18))["SPY"]
    assert (after.is_session_open, after.minutes_to_close, after.data_problem) == (False, None, "")


def test_a_quote_that_fails_is_no_quote() -> None:
    desk = Desk(bars(3))
    desk.feed.failing = {"BTCUSDT"}
    assert desk.market.quote("BTCUSDT") is None


def test_an_instrument_that_is_not_registered_is_named() -> None:
    desk = Desk(bars(3))
    runtime = seeded_runtime(desk.clock, 1)
    with pytest.raises(NotFound, match="not registered for paper: DOGEUSDT"):
        MarketDataFetcher(runtime, desk.feed, calendar_for, "paper", ["BTCUSDT", "DOGEUSDT"], Interval.M1)
