"""How much worse than the seen price an immediate execution is: small objects that can be swapped."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from autotrader.lib.money import BASIS_POINT, ONE, ZERO
from trading.domain.instrument import Instrument
from trading.domain.order import Side


class SlippageModel(Protocol):
    """Answers in basis points of price, never negative: positive is worse."""

    def bps(self, *, quantity: Decimal, volume: Decimal | None, has_book: bool) -> Decimal:
        """For `quantity` against a bar `volume` (None when unknown). `has_book`: the price had its half spread."""
        ...


@dataclass(frozen=True, slots=True)
class SpreadAndImpact:
    """Half the spread where the source shows none, plus an impact that grows with the share of the volume taken."""

    half_spread_bps: Decimal = Decimal("1")
    impact_bps: Decimal = Decimal("10")
    greatest_bps: Decimal = Decimal("100")

    def bps(self, *, quantity: Decimal, volume: Decimal | None, has_book: bool) -> Decimal:
        spread = ZERO if has_book else self.half_spread_bps
        if volume is None:
            return spread
        impact = self.impact_bps * quantity / volume if volume > 0 else self.greatest_bps
        return min(spread + impact, self.greatest_bps)


@dataclass(frozen=True, slots=True)
class NoSlippage:
    """Every immediate execution is at the seen price."""

    def bps(self, *, quantity: Decimal, volume: Decimal | None, has_book: bool) -> Decimal:
        return ZERO


def worsened(price: Decimal, side: Side, bps: Decimal, instrument: Instrument) -> Decimal:
    """`price` moved against `side` by `bps`, then to the grid, again against it; at least one tick."""
    if side is Side.BUY:
        return instrument.ceil_price(price * (ONE + bps * BASIS_POINT))
    return max(instrument.floor_price(price * (ONE - bps * BASIS_POINT)), instrument.tick_size)
