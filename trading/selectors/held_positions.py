"""The open positions of an account as a decider sees them: one query for all instruments."""

from collections.abc import Mapping
from decimal import Decimal

from autotrader.lib.statements import Select
from trading.domain.market_snapshot import HeldPosition
from trading.models import Account, PositionRow

# A row that was closed down to dust has no opened_at and is not an open position.
_OPEN = Select(
    PositionRow,
    ("instrument_id", "quantity", "cost", "average_entry_price", "opened_at", "stop_loss", "take_profit"),
    "WHERE account_id = %s AND opened_at IS NOT NULL ORDER BY id",
)


def held_positions(
    account: Account, symbols: Mapping[int, str], prices: Mapping[str, Decimal]
) -> dict[str, HeldPosition]:
    """Open positions by symbol, valued at `prices`; without a price the unrealised result is zero.

    `symbols` names instruments by their row's key; positions in others are left out.
    """
    held: dict[str, HeldPosition] = {}
    for instrument_id, quantity, cost, average, opened_at, stop_loss, take_profit in _OPEN.rows((account.pk,)):
        symbol = symbols.get(instrument_id)
        if symbol is not None and quantity > 0:
            price = prices.get(symbol)
            held[symbol] = HeldPosition(
                quantity=quantity,
                average_entry_price=average,
                opened_at=opened_at,
                stop_loss=stop_loss,
                take_profit=take_profit,
                unrealised_pnl=Decimal(0) if price is None else quantity * price - cost,
            )
    return held
