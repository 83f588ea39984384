"""What an account is worth: cash plus positions at the last prices, in its quote asset."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from autotrader.lib.money import ZERO
from trading.models import Account, Balance, PositionRow
from trading.selectors.last_bars import last_closes


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
    rows = Balance.objects.filter(account=account, asset=account.quote_asset)
    return rows.values_list("total", flat=True).first() or ZERO


def held_worth(account: Account, prices: Mapping[str, Decimal]) -> list[HeldWorth]:
    """Every position that is not empty, dust included, with its worth."""
    rows = PositionRow.objects.filter(account=account, quantity__gt=0)
    held = list(rows.values_list("instrument_id", "instrument__symbol", "quantity", "cost"))
    closes = last_closes(key for key, symbol, _, _ in held if symbol not in prices)
    worth = []
    for key, symbol, quantity, cost in held:
        price = prices.get(symbol, closes.get(key))
        worth.append(HeldWorth(symbol, quantity, cost if price is None else quantity * price))
    return worth
