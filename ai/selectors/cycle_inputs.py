"""What a cycle reads from the database before it begins."""

from autotrader.lib.errors import Conflict
from trading.models import Account, InstrumentRow, ParameterSet


def active_parameters(account: Account, strategy: str) -> ParameterSet:
    """The one active parameter set. Raises Conflict when the account has none for `strategy`."""
    active = ParameterSet.objects.filter(account=account, strategy=strategy, status=ParameterSet.Status.ACTIVE).first()
    if active is None:
        raise Conflict(f"account {account.name} has no active parameter set for {strategy}", code="no_parameters")
    return active


def instrument_ids(account: Account) -> dict[str, int]:
    """Row id by symbol for every instrument of the account's venue."""
    return dict(InstrumentRow.objects.filter(venue=account.venue).values_list("symbol", "pk"))
