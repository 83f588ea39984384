"""The worst price an order of ours may pay: limit orders with a collar instead of market orders (order-safety.md 2.3).

The allowance lies well inside the price collar P3 and, for an entry, well inside its own target.
"""

from decimal import Decimal

from autotrader.lib.money import ONE
from trading.domain.instrument import AssetClass, Instrument

ENTRY_ALLOWANCE = {AssetClass.CRYPTO: Decimal("0.005"), AssetClass.STOCK: Decimal("0.0025")}
EXIT_ALLOWANCE = {AssetClass.CRYPTO: Decimal("0.012"), AssetClass.STOCK: Decimal("0.004")}
SHARE_OF_TARGET = Decimal("0.5")


def entry_limit(instrument: Instrument, mid: Decimal, ask: Decimal, take_profit_fraction: Decimal) -> Decimal:
    """The most to pay: `mid` and an allowance, never more than half the way to the target; at least `ask`."""
    allowance = min(ENTRY_ALLOWANCE[instrument.asset_class], take_profit_fraction * SHARE_OF_TARGET)
    return max(instrument.floor_price(mid * (ONE + allowance)), instrument.ceil_price(ask))


def exit_limit(instrument: Instrument, mid: Decimal, bid: Decimal) -> Decimal:
    """The least to take: `mid` less an allowance; at most `bid`."""
    allowance = EXIT_ALLOWANCE[instrument.asset_class]
    return min(instrument.ceil_price(mid * (ONE - allowance)), instrument.floor_price(bid))
