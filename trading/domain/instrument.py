"""What can be traded, and the grid of prices and quantities its venue accepts."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from autotrader.lib.money import ceil_to_step, floor_to_step, nearest_step


class AssetClass(StrEnum):
    CRYPTO = "crypto"
    STOCK = "stock"


class InstrumentStatus(StrEnum):
    """Entries are allowed on TRADING only (order-safety.md P10)."""

    TRADING = "TRADING"
    CANCEL_ONLY = "CANCEL_ONLY"
    HALT = "HALT"


@dataclass(frozen=True, slots=True)
class Instrument:
    """One tradable thing. `symbol` is unique in a venue; a spot pair trades `base` for `quote`.

    `tick_size` steps prices, `lot_size` steps quantities, `min_notional` is the least price times quantity,
    all in the venue's own units. A stock's `base` is its symbol and its `quote` a currency.
    """

    symbol: str
    asset_class: AssetClass
    base: str
    quote: str
    tick_size: Decimal
    lot_size: Decimal
    min_quantity: Decimal
    min_notional: Decimal
    status: InstrumentStatus = InstrumentStatus.TRADING
    calendar: str = "24/7"

    def floor_quantity(self, quantity: Decimal) -> Decimal:
        """`quantity` cut down to the lot grid: a size is never rounded up."""
        return floor_to_step(quantity, self.lot_size)

    def floor_price(self, price: Decimal) -> Decimal:
        return floor_to_step(price, self.tick_size)

    def ceil_price(self, price: Decimal) -> Decimal:
        return ceil_to_step(price, self.tick_size)

    def nearest_price(self, price: Decimal) -> Decimal:
        return nearest_step(price, self.tick_size)

    def is_tradable_size(self, quantity: Decimal, price: Decimal) -> bool:
        """Whether a venue would take this size at this price; what is smaller is dust."""
        return quantity >= self.min_quantity and quantity * price >= self.min_notional
