"""What an account is worth and how often it was right lately."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.trading.risk.build import NOW
from trading.models import Account, BarRow, InstrumentRow, Trade
from trading.selectors.equity import account_equity
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


def test_without_a_price_the_last_stored_close_counts_then_the_cost(account, hold, btc, eth) -> None:
    hold("0.1", "9000")
    hold("2", "5000", eth)
    for minutes, close in ((2, "80000"), (1, "90000")):
        price = D(close)
        BarRow.objects.create(
            instrument=btc, interval="1m", open_time=NOW - timedelta(minutes=minutes), open=price, high=price,
            low=price, close=price, volume=D("1"), source="test",
        )  # fmt: skip
    assert account_equity(account, {}).positions == D("9000") + D("5000")


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
