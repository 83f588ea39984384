"""The invariants of order-safety.md 9.3 that hold at any moment, against the exchange's own truth."""

from decimal import Decimal

from autotrader.lib.money import ZERO
from trading.domain.order import OrderState
from trading.models import Balance, FillRow, LedgerEntry, OrderRow, PositionRow
from trading.selectors.intent_payload import is_as_approved


def assert_books_are_true(desk) -> None:
    """I1-I4, I7 in quiet, I8, I11, I13: for a moment when every fill has been fetched."""
    assert_books_agree_with_themselves(desk)
    assert_exchange_agrees(desk)
    assert_never_sold_twice(desk)
    assert_every_venue_order_was_approved(desk)


def assert_books_agree_with_themselves(desk) -> None:
    for position in PositionRow.objects.filter(account=desk.account).select_related("instrument"):
        fills = FillRow.objects.filter(account=desk.account, instrument=position.instrument)
        assert position.quantity == sum((_base_change(fill, position.instrument.base) for fill in fills), ZERO)
        _assert_equity_identity(desk, position, fills)
    for order in OrderRow.objects.filter(account=desk.account):
        assert order.filled_quantity == sum((fill.quantity for fill in order.fills.all()), ZERO)
        if order.state == OrderState.FILLED.value:
            assert order.filled_quantity > 0
    for asset, total in _ledger_sums(desk).items():
        assert total == 0, f"{asset} does not sum to zero"
    for balance in Balance.objects.filter(account=desk.account):
        assert balance.total == _wallet(desk, balance.asset)


def assert_exchange_agrees(desk) -> None:
    ours = {balance.asset: balance.total for balance in Balance.objects.filter(account=desk.account)}
    assets = {*ours, *desk.venue.holdings}
    assert {a: ours.get(a, ZERO) for a in assets} == {a: desk.venue.holdings.get(a, ZERO) for a in assets}
    assert FillRow.objects.filter(account=desk.account).count() == len(desk.venue.fills)


def assert_never_sold_twice(desk) -> None:
    """I8 at the exchange: what its live sell orders may still sell is never more than is held there."""
    for symbol, instrument in desk.venue.instruments.items():
        selling = sum((order.left for order in desk.venue._alive_sells(symbol)), ZERO)
        assert selling <= desk.venue.holdings.get(instrument.base, ZERO)


def assert_every_venue_order_was_approved(desk) -> None:
    """I1, I2: each accepted order has its row and an intent whose payload is what was approved."""
    ours = OrderRow.objects.filter(account=desk.account).select_related("intent__instrument")
    rows = {row.client_order_id: row for row in ours}
    for cid, order in desk.venue.orders.items():
        assert cid in rows, f"{cid} has no row"
        assert rows[cid].intent is not None and is_as_approved(rows[cid].intent)
        assert order.filled <= order.request.quantity
    entries = [row.intent_id for row in rows.values() if row.purpose == "ENTRY"]
    assert len(entries) == len(set(entries))


def assert_protected(desk) -> None:
    """I7: every open position is covered by live stops at the exchange, dust left out."""
    for position in PositionRow.objects.filter(account=desk.account, opened_at__isnull=False):
        stops = [o for o in desk.venue.accepted("S") if o.is_alive and o.request.stop_price is not None]
        covered = sum((order.left for order in stops), ZERO)
        uncovered = position.instrument.to_domain().floor_quantity(position.quantity - covered)
        assert uncovered <= 0, f"{uncovered} has no stop"


def _base_change(fill: FillRow, base: str) -> Decimal:
    change = fill.quantity if fill.side == "BUY" else -fill.quantity
    return change - fill.commission if fill.commission_asset == base else change


def _assert_equity_identity(desk, position: PositionRow, fills) -> None:
    """I5 at an arbitrary price: cash + quantity x price = start + realised + unrealised - commissions."""
    price = Decimal("12345.67")
    cash = Balance.objects.get(account=desk.account, asset=desk.account.quote_asset).total
    unrealised = position.quantity * price - position.cost
    assert cash + position.quantity * price == (
        desk.account.starting_cash + position.realised_pnl + unrealised - position.commissions
    )


def _ledger_sums(desk) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for asset, amount in LedgerEntry.objects.filter(transaction__account=desk.account).values_list("asset", "amount"):
        sums[asset] = sums.get(asset, ZERO) + amount
    return sums


def _wallet(desk, asset: str) -> Decimal:
    entries = LedgerEntry.objects.filter(transaction__account=desk.account, book="wallet", asset=asset)
    return sum(entries.values_list("amount", flat=True), ZERO)
