"""Positions, round trips and the ledger, as pure arithmetic: exact, in every asset, whatever the commission's asset."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autotrader.lib.money import ZERO
from trading.domain.instrument import AssetClass, Instrument
from trading.domain.ledger import (
    Book,
    Posting,
    UnbalancedPostings,
    asset_sums,
    balanced,
    postings_for_deposit,
    postings_for_fill,
)
from trading.domain.order import FillReport, Side
from trading.domain.position import MisfitFill, PositionBook, apply_fill_to_position
from trading.domain.round_trip import TripFill, is_dust, round_trip, slippage_bps

AT = datetime(2026, 1, 5, tzinfo=UTC)


def fill(side="BUY", quantity="0.02", price="50000", commission="0", asset="USDT") -> FillReport:
    return FillReport(
        "f1", "v1", "cid", "BTCUSDT", Side(side), Decimal(quantity), Decimal(price), Decimal(commission), asset, AT
    )


def booked(book: PositionBook, report: FillReport, asset_price: Decimal | None = None):
    return apply_fill_to_position(book, report, base="BTC", quote="USDT", asset_price=asset_price)


def test_a_commission_in_base_leaves_less_to_hold_at_the_price_that_was_paid():
    effect = booked(PositionBook(), fill(commission="0.00002", asset="BTC"))
    assert effect.book == PositionBook(
        quantity=Decimal("0.01998"), cost=Decimal(999), realised_pnl=ZERO, commissions=Decimal(1)
    )
    assert effect.book.average_entry_price == Decimal(50000)


def test_a_sale_takes_its_share_of_the_cost():
    book = PositionBook(quantity=Decimal(2), cost=Decimal(200))
    effect = booked(book, fill("SELL", "1", "130", "0.13"))
    assert effect.realised_pnl == Decimal(30)
    assert effect.book == PositionBook(Decimal(1), Decimal(100), Decimal(30), Decimal("0.13"))


def test_the_last_sale_leaves_no_cost_behind_however_odd_the_division():
    book = booked(PositionBook(), fill(quantity="3", price="0.1")).book
    for quantity in ("1", "1", "1"):
        book = booked(book, fill("SELL", quantity, "0.1")).book
    assert (book.quantity, book.cost, book.realised_pnl) == (ZERO, ZERO, ZERO)


def test_a_commission_in_a_third_asset_is_valued_at_its_price_and_does_not_touch_the_quantity():
    effect = booked(PositionBook(), fill(commission="0.001", asset="BNB"), Decimal(600))
    assert effect.commission_value == Decimal("0.6")
    assert effect.book.quantity == Decimal("0.02")


@pytest.mark.parametrize(
    "wrong",
    [
        fill("SELL", "0.01"),
        fill(quantity="0"),
        fill(quantity="-1"),
        fill(price="0"),
        fill(price="NaN"),
        fill(quantity="Infinity"),
        fill(commission="-0.1"),
        fill(commission="1", asset="BTC"),
    ],
)
def test_a_fill_that_cannot_be_true_is_refused(wrong):
    with pytest.raises(MisfitFill):
        booked(PositionBook(), wrong)


amounts = st.decimals("0.00001", "1000", places=5)
prices = st.decimals("0.01", "100000", places=2)
fees = st.decimals("0", "0.002", places=5)


@st.composite
def histories(draw):
    """Fills that never sell more than is held, with commissions in base, quote or a third asset."""
    held, reports = ZERO, []
    for _ in range(draw(st.integers(1, 12))):
        is_buy = held < Decimal("0.001") or draw(st.booleans())
        side = Side.BUY if is_buy else Side.SELL
        quantity = draw(amounts) if is_buy else min(draw(amounts), (held / 2).quantize(Decimal("0.00001")))
        asset = draw(st.sampled_from(["BTC", "USDT", "BNB"]))
        if quantity <= 0:
            continue
        price, rate = draw(prices), draw(fees)
        commission = quantity * rate * (price if asset == "USDT" else 1)
        held += (quantity if is_buy else -quantity) - (commission if asset == "BTC" else ZERO)
        reports.append(fill(side, str(quantity), str(price), str(commission), asset))
    return reports


@given(histories(), prices)
def test_the_equity_identity_holds_to_the_last_digit_after_every_fill(reports, mark):
    """I5: cash + quantity x price = realised + unrealised - commissions (the third asset's own price is 1 here)."""
    book, cash, other = PositionBook(), ZERO, ZERO
    for report in reports:
        try:
            effect = booked(book, report, Decimal(1))
        except MisfitFill:
            continue
        book = effect.book
        wallet = asset_sums(postings_for_fill(report, base="BTC", quote="USDT"), Book.WALLET)
        cash += wallet.get("USDT", ZERO)
        other += wallet.get("BNB", ZERO)
        assert book.quantity >= 0
        assert cash + other + book.quantity * mark == (
            book.realised_pnl + (book.quantity * mark - book.cost) - book.commissions
        )


@given(histories())
def test_the_position_is_the_wallets_base_asset(reports):
    book, held = PositionBook(), ZERO
    for report in reports:
        try:
            book = booked(book, report).book
        except MisfitFill:
            continue
        held += asset_sums(postings_for_fill(report, base="BTC", quote="USDT"), Book.WALLET).get("BTC", ZERO)
    assert book.quantity == held


@given(histories())
def test_every_transaction_sums_to_zero_in_each_asset(reports):
    for report in reports:
        postings = postings_for_fill(report, base="BTC", quote="USDT")
        assert set(asset_sums(postings).values()) == {ZERO}
        assert asset_sums(postings, Book.FEES) == (
            {report.commission_asset: report.commission} if report.commission else {}
        )


def test_postings_that_do_not_balance_are_refused():
    with pytest.raises(UnbalancedPostings, match="BTC sums to 1"):
        balanced([Posting(Book.WALLET, "BTC", Decimal(1)), Posting(Book.MARKET, "USDT", ZERO)])


def test_a_deposit_comes_from_capital():
    assert asset_sums(postings_for_deposit("USDT", Decimal(100)), Book.CAPITAL) == {"USDT": Decimal(-100)}


def trip(side, quantity, price, realised="0", commission="0") -> TripFill:
    return TripFill(Side(side), Decimal(quantity), Decimal(price), Decimal(realised), Decimal(commission))


def test_a_round_trip_averages_its_fills_and_takes_commissions_off_its_result():
    trade = round_trip(
        [
            trip("BUY", "1", "100", commission="1"),
            trip("BUY", "3", "104", commission="3"),
            trip("SELL", "4", "110", "28", "4"),
        ]
    )
    assert trade is not None
    assert (trade.quantity, trade.entry_price, trade.exit_price) == (Decimal(4), Decimal(103), Decimal(110))
    assert (trade.commissions, trade.pnl) == (Decimal(8), Decimal(20))
    assert trade.pnl_fraction == Decimal("0.048543689320388350")


def test_what_was_only_bought_is_no_trade():
    assert round_trip([trip("BUY", "1", "100")]) is None
    assert round_trip([]) is None


COARSE = Instrument(
    "BTCUSDT", AssetClass.CRYPTO, "BTC", "USDT", Decimal("0.01"), Decimal("0.001"), Decimal("0.001"), Decimal(5)
)


def test_the_dust_of_order_safety_2_5():
    """Buy 0.02, fee 0.1 % in base, step 0.001: sell 0.019, dust 0.00098."""
    held = booked(PositionBook(), fill(commission="0.00002", asset="BTC")).book.quantity
    assert held == Decimal("0.01998")
    sold = COARSE.floor_quantity(held)
    assert (sold, held - sold) == (Decimal("0.019"), Decimal("0.00098"))
    assert is_dust(held - sold, Decimal(50000), COARSE)
    assert not is_dust(held, Decimal(50000), COARSE)
    assert is_dust(Decimal("0.001"), Decimal(4000), COARSE), "below the least notional"


@pytest.mark.parametrize(
    ("side", "price", "expected"),
    [("BUY", "101", "100"), ("BUY", "99", "-100"), ("SELL", "99", "100"), ("SELL", "101", "-100")],
)
def test_slippage_is_positive_when_it_is_worse(side, price, expected):
    assert slippage_bps(Side(side), Decimal(100), Decimal(price)) == Decimal(expected)
