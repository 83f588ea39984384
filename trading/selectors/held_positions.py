"""The open positions of an account as a decider sees them: one query for all instruments.

Raw SQL, because every cycle asks it: building the same query through the ORM costs five times its execution.
"""

from collections.abc import Mapping
from decimal import Decimal

from trading.domain.market_snapshot import HeldPosition
from trading.models import Account, PositionRow

# A row that was closed down to dust has no opened_at and is not an open position.
_OPEN = f"SELECT * FROM {PositionRow._meta.db_table} WHERE account_id = %s AND opened_at IS NOT NULL"  # noqa: S608


def held_positions(
    account: Account, symbols: Mapping[int, str], prices: Mapping[str, Decimal]
) -> dict[str, HeldPosition]:
    """Open positions by symbol, valued at `prices`; without a price the unrealised result is zero.

    `symbols` names instruments by their row's key; positions in others are left out.
    """
    held: dict[str, HeldPosition] = {}
    for row in PositionRow.objects.raw(_OPEN, [account.pk]):
        symbol = symbols.get(row.instrument_id)
        if symbol is not None and row.quantity > 0:
            held[symbol] = _held(row, prices.get(symbol))
    return held


def _held(row: PositionRow, price: Decimal | None) -> HeldPosition:
    if row.opened_at is None:
        raise ValueError(f"position {row.pk} is open and does not say since when")
    return HeldPosition(
        quantity=row.quantity,
        average_entry_price=row.average_entry_price,
        opened_at=row.opened_at,
        stop_loss=row.stop_loss,
        take_profit=row.take_profit,
        unrealised_pnl=Decimal(0) if price is None else row.quantity * price - row.cost,
    )
