"""What an account is worth and how often it was right lately."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.trading.risk.build import NOW
from trading.models import Account, BarRow, InstrumentRow, Trade
from trading.selectors.equity import account_equity
from trading.selectors.last_bars import last_closes
from trading.selectors.trades import LEAST_TRADES, recent_win_rate

D = Decimal


def test_an_account_without_positions_is_worth_its_cash(account) -> None:
    worth = account_equity(account, {})
    assert (worth.equity, worth.cash, worth.positions) == (D("10000"), D("10000"), D("0"))


def test_positions_are_worth_their_last_price(account, hold, eth) -> None:
    hold("0.1", "9000")
    hold("2", "5000", eth)
    worth = account_equity(account, {"BTCUSDT": D("100000"), "ETHUSDT": D("2000")})
    assert (worth.equity, worth.positions) == (D("24000"), D("14000"))


def store_bar(instrument: InstrumentRow, minutes_ago: int, close: str, interval: str = "1m") -> None:
    price = D(close)
    BarRow.objects.create(
        instrument=instrument, interval=interval, open_time=NOW - timedelta(minutes=minutes_ago), open=price,
        high=price, low=price, close=price, volume=D("1"), source="test",
    )  # fmt: skip


def test_without_a_price_the_last_stored_close_counts_then_the_cost(account, hold, btc, eth) -> None:
    hold("0.1", "9000")
    hold("2", "5000", eth)
    store_bar(btc, 2, "80000")
    store_bar(btc, 1, "90000")
    assert account_equity(account, {}).positions == D("9000") + D("5000")


def test_the_last_close_is_that_of_the_bar_that_ended_last_whatever_its_length(db, btc, eth) -> None:
    store_bar(btc, 20, "1", "15m")
    store_bar(btc, 7, "2", "1m")
    store_bar(eth, 20, "3", "15m")
    store_bar(eth, 4, "4", "1m")
    assert last_closes([btc.pk, eth.pk, btc.pk, 999]) == {btc.pk: D("1"), eth.pk: D("4")}
    assert last_closes([]) == {}


def test_many_positions_take_one_query_more(account, hold, btc, eth, django_assert_num_queries) -> None:
    hold("0.1", "9000")
    hold("2", "5000", eth)
    with django_assert_num_queries(3):
        account_equity(account, {})


def make_trades(account: Account, instrument: InstrumentRow, results: list[int]) -> None:
    for number, pnl in enumerate(results):
        Trade.objects.create(
            id=f"{number:026d}", account=account, instrument=instrument, strategy="rules-v1", quantity=D("1"),
            entry_price=D("1"), exit_price=D("1"), commissions=D("0"), pnl=D(pnl), pnl_fraction=D("0"),
            exit_reason="test", opened_at=NOW, closed_at=NOW + timedelta(minutes=number),
        )  # fmt: skip


def test_few_trades_say_nothing(account, btc) -> None:
    make_trades(account, btc, [1] * (LEAST_TRADES - 1))
    assert recent_win_rate(account) is None


def test_a_trade_that_made_nothing_is_not_a_win(account, btc) -> None:
    make_trades(account, btc, [1, 0, -1, 1, 1, -1])
    assert recent_win_rate(account) == D("0.5")


@pytest.mark.parametrize(("last", "rate"), [(20, "0.75"), (5, "0"), (10, "0.5")])
def test_only_the_last_trades_count(account, btc, last: int, rate: str) -> None:
    make_trades(account, btc, [-1] * 30 + [1] * 15 + [-1] * 5)
    assert recent_win_rate(account, last) == D(rate)
