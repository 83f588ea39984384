"""Mark an account to the last prices: one point of its equity curve."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from autotrader.lib.money import plain
from autotrader.lib.runtime import Runtime
from autotrader.lib.statements import fetch, insert_rows
from trading.models import Account, EquityPoint
from trading.selectors.equity import account_equity
from trading.services.record_event import record_event

EQUITY_INTERVAL = timedelta(minutes=5)

_COLUMNS = ("account_id", "ts", "equity", "cash")
_YOUNGER = "SELECT 1 FROM trading_equitypoint WHERE account_id = %s AND ts > %s LIMIT 1"


def mark_equity(
    *,
    runtime: Runtime,
    account: Account,
    prices: Mapping[str, Decimal],
    interval: timedelta = EQUITY_INTERVAL,
) -> EquityPoint | None:
    """A new point, or None when the last one is younger than `interval`."""
    now = runtime.clock.now()
    if fetch(_YOUNGER, (account.pk, now - interval)):
        return None
    return _mark(runtime, account, prices, now)


@transaction.atomic(savepoint=False)
def _mark(runtime: Runtime, account: Account, prices: Mapping[str, Decimal], now: datetime) -> EquityPoint:
    worth = account_equity(account, prices)
    point = EquityPoint(account=account, ts=now, equity=worth.equity, cash=worth.cash)
    insert_rows(EquityPoint, _COLUMNS, [(account.pk, now, worth.equity, worth.cash)])
    payload = {"equity": plain(point.equity), "cash": plain(point.cash)}
    record_event(runtime=runtime, account_id=account.pk, topic="equity", payload=payload)
    return point
