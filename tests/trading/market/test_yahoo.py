"""Yahoo's bars: its spelling, its float dust, its limits, its failures."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from autotrader.lib.clock import VirtualClock
from tests.trading.market.makers import utc
from trading.adapters.yahoo import YahooFeed
from trading.adapters.yahoo.feed import Row, download_history, table_rows, yahoo_symbol
from trading.domain.bar import Interval
from trading.ports import DataUnavailable

NEW_YORK = ZoneInfo("America/New_York")
NOW = utc(2026, 3, 6, 15, 0)


class FakeYahoo:
    """Answers with its rows and remembers the questions."""

    def __init__(self, rows: Sequence[Row] = ()) -> None:
        self.rows = list(rows)
        self.questions: list[tuple[str, datetime, datetime]] = []

    def __call__(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> list[Row]:
        self.questions.append((symbol, start, end))
        return [row for row in self.rows if start <= row[0] < end]


def _row(moment: datetime, price: float = 581.489990234375, volume: float = 1500.0) -> Row:
    return (moment, price, price, price, price, volume)


@pytest.mark.parametrize(("ours", "theirs"), [("BTCUSDT", "BTC-USD"), ("SPY", "SPY"), ("BRK.B", "BRK-B")])
def test_symbols_are_spelt_as_yahoo_does(ours: str, theirs: str) -> None:
    assert yahoo_symbol(ours) == theirs


def test_float_dust_is_rounded_away() -> None:
    yahoo = FakeYahoo([_row(datetime(2026, 3, 6, 9, 30, tzinfo=NEW_YORK))])
    feed = YahooFeed(VirtualClock(NOW), ["SPY"], yahoo)
    (found,) = feed.closed_bars("SPY", Interval.M5, NOW - timedelta(hours=2), NOW)
    assert (found.close, found.volume) == (Decimal("581.49"), Decimal(1500))
    assert found.open_time == utc(2026, 3, 6, 14, 30)


def test_crypto_keeps_seven_digits() -> None:
    feed = YahooFeed(VirtualClock(NOW), ["DOGEUSDT"], FakeYahoo([_row(utc(2026, 3, 6, 14, 30), 0.123456789)]))
    assert feed.closed_bars("DOGEUSDT", Interval.M5, NOW - timedelta(hours=2), NOW)[0].close == Decimal("0.1234568")


def test_daily_bars_carry_the_session_date() -> None:
    yahoo = FakeYahoo([_row(datetime(2026, 3, 5, 0, 0, tzinfo=NEW_YORK))])
    (found,) = YahooFeed(VirtualClock(NOW), ["SPY"], yahoo).closed_bars(
        "SPY", Interval.D1, utc(2026, 3, 5), utc(2026, 3, 6)
    )
    assert found.open_time == utc(2026, 3, 5)


def test_the_running_bar_and_rows_of_nan_are_left_out() -> None:
    rows = [_row(NOW - timedelta(minutes=10)), _row(NOW - timedelta(minutes=5), float("nan")), _row(NOW)]
    feed = YahooFeed(VirtualClock(NOW), ["SPY"], FakeYahoo(rows))
    assert len(feed.closed_bars("SPY", Interval.M5, NOW - timedelta(hours=1), NOW + timedelta(hours=1))) == 1


def test_long_spans_are_asked_in_parts() -> None:
    yahoo = FakeYahoo()
    YahooFeed(VirtualClock(NOW), ["SPY"], yahoo).closed_bars("SPY", Interval.M1, NOW - timedelta(days=20), NOW)
    assert [(end - start).days for _, start, end in yahoo.questions] == [7, 7, 6]


@pytest.mark.parametrize(("symbol", "interval"), [("BTCUSDT", Interval.H4), ("SPY", Interval.H1)])
def test_intervals_yahoo_does_not_have_are_named(symbol: str, interval: Interval) -> None:
    with pytest.raises(DataUnavailable, match="accepted are 1m, 5m, 15m"):
        YahooFeed(VirtualClock(NOW), [symbol], FakeYahoo()).closed_bars(symbol, interval, NOW, NOW)


def test_only_stocks_are_offered_and_no_quotes() -> None:
    feed = YahooFeed(VirtualClock(NOW), ["SPY", "BTCUSDT"], FakeYahoo())
    assert [instrument.symbol for instrument in feed.instruments()] == ["SPY"]
    assert feed.quote("SPY") is None


def test_the_librarys_table_becomes_rows() -> None:
    import pandas

    index = pandas.DatetimeIndex([datetime(2026, 3, 6, 9, 30, tzinfo=NEW_YORK)])
    table = pandas.DataFrame({name: [5.0] for name in ("Open", "High", "Low", "Close", "Volume")}, index=index)
    assert table_rows(table) == [(datetime(2026, 3, 6, 9, 30, tzinfo=NEW_YORK), 5.0, 5.0, 5.0, 5.0, 5.0)]
    with pytest.raises(DataUnavailable, match="no column 'Close'"):
        table_rows(table.drop(columns="Close"))


def test_what_the_library_raises_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    import yfinance

    def broken(*_: object, **__: object) -> None:
        raise OSError("no route")

    monkeypatch.setattr(yfinance.Ticker, "history", broken)
    with pytest.raises(DataUnavailable, match=r"Yahoo could not answer for SPY \(OSError\)"):
        download_history("SPY", Interval.M5, NOW, NOW)


def test_no_prices_is_empty_and_not_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    import yfinance
    from yfinance.exceptions import YFPricesMissingError

    def empty(*_: object, **__: object) -> None:
        raise YFPricesMissingError("SPY", "")

    monkeypatch.setattr(yfinance.Ticker, "history", empty)
    assert download_history("SPY", Interval.M5, NOW, NOW) == []
