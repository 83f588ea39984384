"""Position bookkeeping: what a fill does to quantity, cost, realised result and commissions. Pure and exact.

Results are before commissions, which are kept beside them, so that at any price
`cash + quantity x price = start + realised_pnl + unrealised - commissions` holds to the last digit (I5).
A fill that does not fit raises `MisfitFill`; a position never goes short.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext

from autotrader.lib.errors import AutotraderError
from autotrader.lib.money import MONEY_CONTEXT, ZERO, divide, round_money
from trading.domain.order import FillReport, Side


class MisfitFill(AutotraderError):
    """A fill that cannot be true of our books (order, position or wallet). It is kept aside, never dropped."""

    code = "misfit_fill"


@dataclass(frozen=True, slots=True)
class PositionBook:
    """Quantity in base units; `cost` is what that quantity cost, `realised_pnl` and `commissions` are lifetime sums,
    all in quote units."""

    quantity: Decimal = ZERO
    cost: Decimal = ZERO
    realised_pnl: Decimal = ZERO
    commissions: Decimal = ZERO

    @property
    def average_entry_price(self) -> Decimal:
        return divide(self.cost, self.quantity) if self.quantity else ZERO


@dataclass(frozen=True, slots=True)
class FillEffect:
    """The books after one fill, and what this fill alone added (quote units)."""

    book: PositionBook
    realised_pnl: Decimal
    commission_value: Decimal


def notional_of(fill: FillReport) -> Decimal:
    """Price times quantity in quote units, at most 18 decimal places."""
    with localcontext(MONEY_CONTEXT):
        return round_money(fill.price * fill.quantity)


def commission_in_quote(fill: FillReport, base: str, quote: str, asset_price: Decimal | None) -> Decimal:
    """What the commission was worth. `asset_price` values a third asset (BNB); None counts as nothing known: 0."""
    if fill.commission_asset == quote:
        return fill.commission
    price = fill.price if fill.commission_asset == base else (asset_price or ZERO)
    with localcontext(MONEY_CONTEXT):
        return round_money(fill.commission * price)


def apply_fill_to_position(
    book: PositionBook, fill: FillReport, *, base: str, quote: str, asset_price: Decimal | None = None
) -> FillEffect:
    """The books after `fill`. Raises MisfitFill for a sale of more than is held and for numbers no venue can mean."""
    _require_sane(fill)
    value = commission_in_quote(fill, base, quote, asset_price)
    base_fee = fill.commission if fill.commission_asset == base else ZERO
    with localcontext(MONEY_CONTEXT):
        if fill.side is Side.BUY:
            return _bought(book, fill, base_fee, value)
        return _sold(book, fill, base_fee, value)


def _require_sane(fill: FillReport) -> None:
    numbers = (fill.quantity, fill.price, fill.commission)
    if not all(number.is_finite() for number in numbers):
        raise MisfitFill(f"fill {fill.venue_fill_id} has a number that is not finite")
    if fill.quantity <= 0 or fill.price <= 0 or fill.commission < 0:
        raise MisfitFill(
            f"fill {fill.venue_fill_id}: quantity {fill.quantity}, price {fill.price}, commission {fill.commission} "
            "(accepted are a positive quantity and price, and a commission that is not negative)"
        )


def _bought(book: PositionBook, fill: FillReport, base_fee: Decimal, value: Decimal) -> FillEffect:
    if base_fee > fill.quantity + book.quantity:
        raise MisfitFill(f"fill {fill.venue_fill_id}: the commission {base_fee} is more than was bought")
    in_base = value if base_fee else ZERO
    after = PositionBook(
        quantity=book.quantity + fill.quantity - base_fee,
        cost=book.cost + notional_of(fill) - in_base,
        realised_pnl=book.realised_pnl,
        commissions=book.commissions + value,
    )
    return FillEffect(after, ZERO, value)


def _sold(book: PositionBook, fill: FillReport, base_fee: Decimal, value: Decimal) -> FillEffect:
    gone = fill.quantity + base_fee
    if gone > book.quantity:
        raise MisfitFill(f"fill {fill.venue_fill_id} sells {gone}, but only {book.quantity} is held")
    cost_of_gone = book.cost if gone == book.quantity else divide(book.cost * gone, book.quantity)
    in_base = value if base_fee else ZERO
    realised = notional_of(fill) + in_base - cost_of_gone
    after = PositionBook(
        quantity=book.quantity - gone,
        cost=book.cost - cost_of_gone,
        realised_pnl=book.realised_pnl + realised,
        commissions=book.commissions + value,
    )
    return FillEffect(after, realised, value)
