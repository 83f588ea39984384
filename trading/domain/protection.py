"""Where the stop and the target of a new long position lie (M04 phase 3)."""

from decimal import Decimal

from autotrader.lib.errors import BadInput
from autotrader.lib.money import ONE
from trading.domain.decision import ProtectionPlan
from trading.domain.instrument import Instrument
from trading.domain.parameters import StrategyParameters


def plan_protection(entry_price: Decimal, parameters: StrategyParameters, instrument: Instrument) -> ProtectionPlan:
    """Stop and target as fractions below and above `entry_price`, on the instrument's price grid.

    Both are rounded up: the loss at the stop is never planned larger than the parameter says, the gain at the target
    never smaller. Raises BadInput when the grid is too coarse for a stop below and a target above the entry.
    """
    if not entry_price.is_finite() or entry_price <= 0:
        raise BadInput(f"{instrument.symbol}: the entry price is {entry_price}; it must be above 0")
    stop_loss = instrument.ceil_price(entry_price * (ONE - parameters.stop_loss_fraction))
    take_profit = instrument.ceil_price(entry_price * (ONE + parameters.take_profit_fraction))
    if not 0 < stop_loss < entry_price < take_profit:
        raise BadInput(
            f"{instrument.symbol}: with a price step of {instrument.tick_size} there is no stop below and target above "
            f"{entry_price}"
        )
    return ProtectionPlan(stop_loss=stop_loss, take_profit=take_profit)
