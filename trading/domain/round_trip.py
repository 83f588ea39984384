"""The arithmetic of a finished trade: one round trip from flat to flat, with dust left out (order-safety.md 2.5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext

from autotrader.lib.money import MONEY_CONTEXT, ZERO, divide
from trading.domain.instrument import Instrument
from trading.domain.order import Side


@dataclass(frozen=True, slots=True)
class TripFill:
    """One fill of a round trip; `realised_pnl` and `commission_value` in quote units, as booked with it."""

    side: Side
    quantity: Decimal
    price: Decimal
    realised_pnl: Decimal
    commission_value: Decimal


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """`quantity` is what was sold again, prices are averages by quantity, `pnl` is after commissions.

    `pnl_fraction` is `pnl` in parts of what the entries cost.
    """

    quantity: Decimal
    entry_price: Decimal
    exit_price: Decimal
    commissions: Decimal
    pnl: Decimal
    pnl_fraction: Decimal


def round_trip(fills: Iterable[TripFill]) -> RoundTrip | None:
    """The trade these fills make; None when nothing was bought or nothing sold."""
    fills = tuple(fills)
    with localcontext(MONEY_CONTEXT):
        bought, paid = _totals(fills, Side.BUY)
        sold, received = _totals(fills, Side.SELL)
        if not bought or not sold:
            return None
        commissions = sum((fill.commission_value for fill in fills), ZERO)
        pnl = sum((fill.realised_pnl for fill in fills), ZERO) - commissions
    return RoundTrip(
        quantity=sold,
        entry_price=divide(paid, bought),
        exit_price=divide(received, sold),
        commissions=commissions,
        pnl=pnl,
        pnl_fraction=divide(pnl, paid),
    )


def is_dust(quantity: Decimal, price: Decimal, instrument: Instrument) -> bool:
    """Whether a venue would refuse to sell this: nothing is left to trade, though it stays in the ledger."""
    return not instrument.is_tradable_size(instrument.floor_quantity(quantity), price)


def slippage_bps(side: Side, reference: Decimal, price: Decimal) -> Decimal:
    """How much worse than `reference` the price was, in basis points; negative is better."""
    with localcontext(MONEY_CONTEXT):
        worse = price - reference if side is Side.BUY else reference - price
        return divide(worse * 10_000, reference, places=4)


def _totals(fills: tuple[TripFill, ...], side: Side) -> tuple[Decimal, Decimal]:
    chosen = [fill for fill in fills if fill.side is side]
    quantity = sum((fill.quantity for fill in chosen), ZERO)
    return quantity, sum((fill.quantity * fill.price for fill in chosen), ZERO)
