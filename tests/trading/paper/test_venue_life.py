"""The paper venue as a partner: cheap when idle, durable, apart from our transactions, safe among threads."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from autotrader.lib.runtime import seeded_runtime
from tests.trading.paper.fakes import BTC, MINUTE, FakePrices, bracket, d, oco, single
from trading.adapters.paper.books import Books
from trading.adapters.paper.prices import StoredPrices
from trading.adapters.paper.venue import PaperVenue
from trading.domain.bar import Interval
from trading.domain.order import OrderType, Side
from trading.models import BarRow, InstrumentRow, PaperBalance, PaperFill, PaperOrder
from trading.ports import OrderRejected


def test_an_idle_venue_asks_the_database_nothing(venue, prices, django_assert_num_queries):
    prices.bar("BTCUSDT", 100, 101, 99, 100)
    with django_assert_num_queries(0):
        assert venue.fills_after("") == ((), "")
    assert prices.questions == 0


def test_bars_that_touch_nothing_are_looked_at_once_and_written_never(venue, prices, clock, django_assert_num_queries):
    venue.submit(single("a", Side.BUY, "1", kind=OrderType.LIMIT, limit="90"))
    prices.bar("BTCUSDT", 100, 101, 99, 100)
    with django_assert_num_queries(0):
        for _ in range(5):
            venue.fills_after("")
    assert prices.questions == 1
    clock.advance(timedelta(seconds=59))
    venue.fills_after("")
    assert prices.questions == 1


def test_an_idle_call_takes_under_a_fifth_of_a_millisecond(venue):
    best = min(_seconds_of_hundred_calls(venue) for _ in range(5))
    assert best / 100 < 0.0002


def _seconds_of_hundred_calls(venue) -> float:
    started = time.perf_counter()
    for _ in range(100):
        venue.fills_after("")
    return time.perf_counter() - started


@pytest.mark.django_db
def test_the_deposit_is_paid_in_once(make_venue):
    make_venue().submit(single("a", Side.BUY, "1"))
    assert make_venue(starting_balances={"USDT": d(99)}).balances() == {"BTC": 1, "USD": 10000, "USDT": 9900}


@pytest.mark.django_db
def test_a_fill_cursor_is_valid_for_another_instance(make_venue):
    first, second = make_venue(), make_venue()
    first.submit(single("a", Side.BUY, "1"))
    assert second.fills_after("")[0] == ()
    second.open_orders()
    assert [fill.client_order_id for fill in second.fills_after("")[0]] == ["a"]


@pytest.mark.django_db
def test_many_fills_come_in_pages(make_venue, monkeypatch):
    monkeypatch.setattr("trading.adapters.paper.venue.FILLS_AT_ONCE", 2)
    venue = make_venue()
    for number in range(3):
        venue.submit(single(f"o{number}", Side.BUY, "1"))
    page, cursor = venue.fills_after("")
    rest, _ = venue.fills_after(cursor)
    assert [fill.client_order_id for fill in (*page, *rest)] == ["o0", "o1", "o2"]


@pytest.mark.django_db
def test_two_accounts_do_not_see_each_other(make_venue, clock, prices, venue):
    other = PaperVenue(seeded_runtime(clock, 1), 2, {"BTCUSDT": BTC}, prices, starting_balances={"USDT": d(500)})
    venue.submit(single("a", Side.BUY, "1", kind=OrderType.LIMIT, limit="90"))
    other.submit(single("a", Side.BUY, "1", kind=OrderType.LIMIT, limit="90"))
    other.cancel("a")
    assert venue.order("a").state == "WORKING"
    assert other.balances() == {"USDT": 500}


@pytest.mark.django_db(transaction=True)
def test_a_call_inside_our_transaction_is_refused(make_venue):
    venue = make_venue()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        venue.submit(single("a", Side.BUY, "1"))


@pytest.mark.django_db(transaction=True)
def test_what_was_answered_survives_the_caller_s_crash(make_venue):
    venue = make_venue()
    venue.submit(bracket("1", 101, 95, 103))
    connection.close()
    again = make_venue()
    assert [report.client_order_id for report in again.open_orders()] == ["bS", "bT"]
    assert [fill.client_order_id for fill in again.fills_after("")[0]] == ["bE"]


@pytest.mark.django_db(transaction=True)
def test_a_crash_while_playing_a_bar_leaves_the_books_as_they_were(make_venue, prices, monkeypatch):
    venue = make_venue()
    venue.submit(bracket("1", 101, 95, 103))
    prices.bar("BTCUSDT", 94, 95, 93, 94)

    def crash(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(Books, "_save_balance", crash)
        with pytest.raises(SystemExit):
            venue.open_orders()
    assert PaperOrder.objects.get(client_order_id="bS").state == "WORKING"
    assert make_venue().order("bS").state == "FILLED"


@pytest.mark.django_db(transaction=True)
def test_threads_that_send_at_once_never_spend_the_same_money_twice(make_venue):
    venues = [make_venue(), make_venue()]

    def send(venue, name):
        for number in range(8):
            try:
                venue.submit(single(f"{name}{number}", Side.BUY, "10"))
            except OrderRejected as error:
                refusals.append(str(error))
        connection.close()

    refusals: list[str] = []
    threads = [threading.Thread(target=send, args=(venues[n % 2], f"t{n}-")) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert PaperFill.objects.count() == 10
    assert PaperBalance.objects.get(asset="USDT").total == 0
    assert len(refusals) == 22
    assert all("insufficient balance" in refusal for refusal in refusals)


@pytest.fixture
def stored(db, clock):
    row = InstrumentRow.objects.create(
        venue="paper",
        symbol="BTCUSDT",
        asset_class="crypto",
        base="BTC",
        quote="USDT",
        tick_size=BTC.tick_size,
        lot_size=BTC.lot_size,
        min_quantity=BTC.min_quantity,
        min_notional=BTC.min_notional,
    )

    def store(minutes: int, volume: object = 10, interval: str = "1m"):
        BarRow.objects.create(
            instrument=row,
            interval=interval,
            open_time=clock.now() + minutes * MINUTE,
            open=d(100),
            high=d(101),
            low=d(99),
            close=d(100),
            volume=d(volume),
            source="test",
        )

    return store


def test_stored_bars_come_after_the_cursor_and_never_from_the_future(stored, clock):
    for minutes in range(5):
        stored(minutes)
    stored(1, interval="5m")
    source = StoredPrices(venue="paper", interval=Interval.M1, feed=FakePrices(clock))
    start = clock.now()
    bars = source.bars_after({"BTCUSDT": start + MINUTE}, start + 3 * MINUTE)
    assert [bar.close_time - start for bar in bars] == [2 * MINUTE, 3 * MINUTE]
    assert bars[0].symbol == "BTCUSDT"
    assert source.bars_after({"BTCUSDT": start + MINUTE + timedelta(seconds=30)}, start + 2 * MINUTE) == bars[:1]


def test_the_usual_volume_is_the_median_of_the_last_twenty_bars(stored, clock):
    source = StoredPrices(venue="paper", interval=Interval.M1, feed=FakePrices(clock))
    assert source.typical_volume("BTCUSDT", clock.now()) is None
    assert source.typical_volume("NONE", clock.now()) is None
    stored(-25, volume=10**9)
    for minutes in range(-21, 0):
        stored(minutes, volume=-minutes)
    stored(0, volume=10**9)
    assert source.typical_volume("BTCUSDT", clock.now()) == d("10.5")


def test_the_venue_plays_stored_bars(stored, clock, make_venue, prices, monkeypatch):
    source = StoredPrices(venue="paper", interval=Interval.M1, feed=prices)
    venue = make_venue()
    monkeypatch.setattr(venue, "_prices", source)
    venue.submit(single("a", Side.BUY, "1", kind=OrderType.LIMIT, limit="99"))
    stored(0)
    clock.advance(MINUTE)
    assert venue.order("a").state == "FILLED"


def test_a_late_bar_still_counts(venue, prices, clock):
    venue.submit(single("buy", Side.BUY, "1"))
    venue.submit(oco("1", 95, 103))
    late = prices.bar("BTCUSDT", 100, 101, 94, 96)
    prices.bars.remove(late)
    clock.advance(MINUTE)
    assert venue.order("xS").state == "WORKING"
    prices.bars.append(late)
    assert venue.order("xS").state == "FILLED"
    assert venue.order("xS").ts_event == late.close_time
