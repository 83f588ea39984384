"""What SQLite needs to be told on every connection: safety pragmas and exact decimal arithmetic."""

from decimal import Decimal, localcontext
from typing import Any

from django.db.backends.signals import connection_created

from autotrader.lib.fields import SQLITE_COLLATION
from autotrader.lib.money import MONEY_CONTEXT, ZERO, plain


class ExactSumAggregate:
    """SUM over decimal text, exact."""

    def __init__(self) -> None:
        self._total = ZERO
        self._seen = False

    def step(self, value: str | None) -> None:
        if value is not None:
            with localcontext(MONEY_CONTEXT):
                self._total += Decimal(value)
            self._seen = True

    def finalize(self) -> str | None:
        return plain(self._total) if self._seen else None


def compare_decimals(left: str, right: str) -> int:
    """Order two decimal texts by their numbers: -1, 0 or 1."""
    if left == right:
        return 0
    first, second = Decimal(left), Decimal(right)
    return (first > second) - (first < second)


def prepare_connection(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Give a new SQLite connection its pragmas, collation and aggregate. Other databases pass through."""
    if connection.vendor != "sqlite":
        return
    raw = connection.connection
    raw.create_collation(SQLITE_COLLATION, compare_decimals)
    raw.create_aggregate("exact_sum", 1, ExactSumAggregate)


def install() -> None:
    """Prepare every SQLite connection from now on."""
    connection_created.connect(prepare_connection, dispatch_uid="autotrader.lib.sqlite")
