"""Binance's public market data, asked over a real socket: pages, limits, and every way an answer can go wrong."""

import gzip
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from autotrader.lib.clock import VirtualClock
from tests.peers.binance_public import MINUTE_MS, BinancePeer, Fault, binance_peer, kline
from tests.shared_data import shared_file
from tests.trading.market.makers import utc
from trading.adapters.binance import BinancePublicFeed, is_reachable
from trading.adapters.binance.parse import parse_instruments, parse_klines, parse_quote
from trading.domain.bar import Interval
from trading.domain.instrument import InstrumentStatus
from trading.ports import DataUnavailable

NOW = utc(2026, 4, 1, 12, 0, 30)
NOON_MS = 1775044800000

EXCHANGE_INFO = {
    "symbol": "BTCUSDT",
    "status": "TRADING",
    "baseAsset": "BTC",
    "quoteAsset": "USDT",
    "filters": [
        {"filterType": "PRICE_FILTER", "minPrice": "0.01000000", "maxPrice": "1000000.00", "tickSize": "0.01000000"},
        {"filterType": "LOT_SIZE", "minQty": "0.00001000", "maxQty": "9000.0", "stepSize": "0.00001000"},
        {"filterType": "NOTIONAL", "minNotional": "5.00000000", "applyMinToMarket": True},
    ],
}
TICKER = {
    "symbol": "BTCUSDT",
    "lastPrice": "60000.10000000",
    "bidPrice": "60000.00000000",
    "askPrice": "60000.20000000",
    "closeTime": NOON_MS,
}


@pytest.fixture
def peer() -> Iterator[BinancePeer]:
    with binance_peer() as running:
        running.server_time = NOW
        running.klines["BTCUSDT"] = [kline(NOON_MS + number * MINUTE_MS) for number in range(-2500, 1)]
        running.symbols = [EXCHANGE_INFO]
        running.tickers["BTCUSDT"] = TICKER
        yield running


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOW)


@pytest.fixture
def feed(peer: BinancePeer, clock: VirtualClock) -> BinancePublicFeed:
    return BinancePublicFeed(clock, ["BTCUSDT"], peer.url)


def _ask(feed: BinancePublicFeed, minutes: int = 5) -> int:
    return len(feed.closed_bars("BTCUSDT", Interval.M1, NOW - timedelta(minutes=minutes), NOW))


def test_bars_are_exact_and_the_running_one_is_left_out(feed: BinancePublicFeed) -> None:
    found = feed.closed_bars("BTCUSDT", Interval.M1, utc(2026, 4, 1, 11, 57), NOW + timedelta(hours=1))
    assert [bar.open_time.minute for bar in found] == [57, 58, 59]
    assert (found[0].close, found[0].volume) == (Decimal(100), Decimal("3.5"))


def test_the_exchanges_clock_decides_what_is_closed(
    feed: BinancePublicFeed, peer: BinancePeer, clock: VirtualClock
) -> None:
    clock.advance(timedelta(seconds=31))
    peer.server_time = NOW + timedelta(seconds=29)
    found = feed.closed_bars("BTCUSDT", Interval.M1, utc(2026, 4, 1, 11, 58), clock.now())
    assert [bar.open_time.minute for bar in found] == [58, 59]


def test_a_long_history_comes_in_pages_without_repeats(feed: BinancePublicFeed, peer: BinancePeer) -> None:
    found = feed.closed_bars("BTCUSDT", Interval.M1, NOW - timedelta(minutes=2500), NOW)
    assert len(found) == 2499
    assert len({bar.open_time for bar in found}) == 2499
    assert len(peer.requests) == 3


def test_no_key_is_sent(feed: BinancePublicFeed, peer: BinancePeer) -> None:
    _ask(feed)
    assert set(peer.requests[0][1]) == {"symbol", "interval", "startTime", "endTime", "limit"}


def test_empty_is_not_failed(feed: BinancePublicFeed, peer: BinancePeer) -> None:
    peer.klines["BTCUSDT"] = []
    assert _ask(feed) == 0


def test_nothing_is_asked_when_no_bar_fits(feed: BinancePublicFeed, peer: BinancePeer) -> None:
    assert feed.closed_bars("BTCUSDT", Interval.M1, NOW, NOW + timedelta(seconds=59)) == []
    assert peer.requests == []


def test_the_grid_comes_from_the_exchange(feed: BinancePublicFeed) -> None:
    (instrument,) = feed.instruments()
    assert (instrument.tick_size, instrument.lot_size) == (Decimal("0.01"), Decimal("0.00001"))
    assert (instrument.min_quantity, instrument.min_notional) == (Decimal("0.00001"), Decimal(5))
    assert instrument.status is InstrumentStatus.TRADING


def test_a_pair_that_is_paused_is_halted() -> None:
    paused = EXCHANGE_INFO | {"status": "BREAK"}
    assert parse_instruments({"symbols": [paused]})[0].status is InstrumentStatus.HALT


def test_a_quote_has_both_sides(feed: BinancePublicFeed) -> None:
    quote = feed.quote("BTCUSDT")
    assert quote is not None
    assert (quote.bid, quote.ask, quote.last) == (Decimal(60000), Decimal("60000.2"), Decimal("60000.1"))
    assert quote.ts_event == utc(2026, 4, 1, 12)


def test_an_empty_book_is_no_quote() -> None:
    assert parse_quote(TICKER | {"askPrice": "0.00000000"}) is None


def test_an_unknown_symbol_is_named(feed: BinancePublicFeed) -> None:
    with pytest.raises(DataUnavailable, match="does not know this symbol"):
        feed.closed_bars("NOPEUSDT", Interval.M1, NOW - timedelta(minutes=5), NOW)


@pytest.mark.parametrize("status", [429, 418])
def test_a_limit_is_kept_without_asking_again(
    feed: BinancePublicFeed, peer: BinancePeer, clock: VirtualClock, status: int
) -> None:
    peer.faults = [Fault("status", status, {"Retry-After": "17"}, '{"code":-1003,"msg":"Too many requests"}')]
    with pytest.raises(DataUnavailable, match="waiting 17 s"):
        _ask(feed)
    clock.advance(timedelta(seconds=16))
    with pytest.raises(DataUnavailable, match="waiting 1 s more"):
        _ask(feed)
    with pytest.raises(DataUnavailable, match="waiting 1 s more"):
        feed.quote("BTCUSDT")
    assert len(peer.requests) == 1
    clock.advance(timedelta(seconds=1))
    assert _ask(feed) == 4


@pytest.mark.parametrize("value", ["", "soon", "-5"])
def test_a_limit_without_a_sensible_pause_waits_a_minute(
    feed: BinancePublicFeed, peer: BinancePeer, value: str
) -> None:
    peer.faults = [Fault("status", 429, {"Retry-After": value})]
    with pytest.raises(DataUnavailable, match="waiting 60 s"):
        _ask(feed)


FAULTS = {
    "server error": Fault("status", 503, body="upstream is down"),
    "blocked region": Fault("status", 451, body='{"code":0,"msg":"restricted location"}'),
    "no JSON": Fault("status", 200, body="<html>maintenance</html>"),
    "half a body": Fault("half"),
    "dropped connection": Fault("drop"),
    "another shape": Fault("status", 200, body='{"klines": 3}'),
    "short rows": Fault("status", 200, body="[[1775044800000]]"),
    "numbers that are none": Fault("status", 200, body='[[1775044500000,"x","x","x","x","x"]]'),
    "null": Fault("status", 200, body="null"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_broken_answer_is_unavailable_and_the_next_one_works(
    feed: BinancePublicFeed, peer: BinancePeer, case: str
) -> None:
    peer.faults = [FAULTS[case]]
    with pytest.raises(DataUnavailable):
        _ask(feed)
    assert _ask(feed) == 4


def test_nobody_listening_is_unavailable(clock: VirtualClock) -> None:
    with pytest.raises(DataUnavailable, match="could not be asked"):
        _ask(BinancePublicFeed(clock, ["BTCUSDT"], "http://127.0.0.1:9"))


def test_the_probe_says_yes_when_it_answers(peer: BinancePeer) -> None:
    assert is_reachable(peer.url)
    assert peer.requests[0][0] == "/api/v3/ping"


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://no-such-host.invalid", "http://[", "nonsense"])
def test_the_probe_says_no_and_never_raises(address: str) -> None:
    assert not is_reachable(address, 0.5)


def test_the_probe_says_no_to_an_error(peer: BinancePeer) -> None:
    peer.faults = [Fault("status", 451)]
    assert not is_reachable(peer.url)


def test_the_probe_keeps_its_time(peer: BinancePeer) -> None:
    peer.faults = [Fault("status", 200, seconds=2)]
    begin = time.monotonic()
    assert not is_reachable(peer.url, 0.3)
    assert time.monotonic() - begin < 1


def test_a_recorded_answer_of_the_exchange_is_parsed() -> None:
    path = shared_file("payloads", "binance", "rest", "klines_BTCUSDT_1h_2024-01.json.gz")
    found = parse_klines("BTCUSDT", Interval.H1, json.loads(gzip.decompress(path.read_bytes())))
    assert found[0].open_time == utc(2024, 1, 1)
    assert (found[0].open, found[0].volume) == (Decimal("42283.58"), Decimal("1271.68108"))


def test_a_recorded_grid_of_the_exchange_is_parsed() -> None:
    path = shared_file("payloads", "binance", "rest", "exchange_info_BTCUSDT_2026_trimmed.json")
    (instrument,) = parse_instruments(json.loads(path.read_text()))
    assert (instrument.tick_size, instrument.min_notional) == (Decimal("0.01"), Decimal(5))
