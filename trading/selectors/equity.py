"""What an account is worth: cash plus positions at the last prices, in its quote asset."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from autotrader.lib.money import ZERO
from autotrader.lib.statements import fetch
from trading.models import Account
from trading.selectors.last_bars import last_closes

# Plain statements: every equity point and every risk check asks them.
_CASH = "SELECT total FROM trading_balance WHERE account_id = %s AND asset = %s"
_HELD = (
    "SELECT held.instrument_id, named.symbol, held.quantity, held.cost FROM trading_positionrow held"
    " JOIN trading_instrumentrow named ON named.id = held.instrument_id"
    " WHERE held.account_id = %s AND held.quantity > '0' ORDER BY held.id"
)


@dataclass(frozen=True, slots=True)
class AccountEquity:
    """In quote units: equity is cash plus `positions`."""

    equity: Decimal
    cash: Decimal
    positions: Decimal


@dataclass(frozen=True, slots=True)
class HeldWorth:
    """One position and what it is worth in quote units."""

    symbol: str
    quantity: Decimal
    worth: Decimal


def account_equity(account: Account, prices: Mapping[str, Decimal]) -> AccountEquity:
    """The account at `prices` (by symbol). A symbol without a price counts at its last stored close, else at cost."""
    cash = account_cash(account)
    positions = sum((held.worth for held in held_worth(account, prices)), ZERO)
    return AccountEquity(equity=cash + positions, cash=cash, positions=positions)


def account_cash(account: Account) -> Decimal:
    """The wallet's sum of the quote asset, what orders in flight may spend included."""
    rows = fetch(_CASH, (account.pk, account.quote_asset))
    return Decimal(rows[0][0]) if rows else ZERO


def held_worth(account: Account, prices: Mapping[str, Decimal]) -> list[HeldWorth]:
    """Every position that is not empty, dust included, with its worth."""
    rows = fetch(_HELD, (account.pk,))
    held = [(key, symbol, Decimal(quantity), Decimal(cost)) for key, symbol, quantity, cost in rows]
    closes = last_closes(key for key, symbol, _, _ in held if symbol not in prices)
    worth = []
    for key, symbol, quantity, cost in held:
        price = prices.get(symbol, closes.get(key))
        worth.append(HeldWorth(symbol, quantity, cost if price is None else quantity * price))
    return worth
