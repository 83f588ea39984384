"""Reads over finished trades."""

from decimal import Decimal

from autotrader.lib.money import divide
from autotrader.lib.statements import Select
from trading.models import Account, Trade

LEAST_TRADES = 5
"""Fewer trades say nothing about how often we are right."""

_PLACES = 4
_RESULTS = Select(Trade, ("pnl",), "WHERE account_id = %s ORDER BY closed_at DESC, id DESC LIMIT %s")


def recent_win_rate(account: Account, last: int = 20) -> Decimal | None:
    """The share of the account's last `last` trades that made money after commissions; None below `LEAST_TRADES`."""
    results = [pnl for (pnl,) in _RESULTS.rows((account.pk, last))]
    if len(results) < LEAST_TRADES:
        return None
    wins = sum(1 for pnl in results if pnl > 0)
    return divide(Decimal(wins), Decimal(len(results)), _PLACES)
