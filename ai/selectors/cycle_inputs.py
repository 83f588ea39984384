"""What a cycle reads from the database before it begins."""

from functools import lru_cache

from autotrader.lib.errors import Conflict
from autotrader.lib.statements import fetch
from trading.domain.parameters import StrategyParameters
from trading.models import Account, ParameterSet

_ACTIVE = "SELECT id FROM trading_parameterset WHERE account_id = %s AND strategy = %s AND status = 'active'"
_INSTRUMENTS = "SELECT symbol, id FROM trading_instrumentrow WHERE venue = %s"


def active_parameters(account: Account, strategy: str) -> tuple[str, StrategyParameters]:
    """Id and values of the one active parameter set. Raises Conflict when the account has none for `strategy`."""
    found = fetch(_ACTIVE, (account.pk, strategy))
    if not found:
        raise Conflict(f"account {account.name} has no active parameter set for {strategy}", code="no_parameters")
    parameter_set_id = str(found[0][0])
    return parameter_set_id, _parameters(parameter_set_id)


@lru_cache(maxsize=64)
def _parameters(parameter_set_id: str) -> StrategyParameters:
    """A set is never edited, so what was read once stays true."""
    return ParameterSet.objects.get(pk=parameter_set_id).parameters()


def instrument_ids(account: Account) -> dict[str, int]:
    """Row id by symbol for every instrument of the account's venue."""
    return {str(symbol): int(key) for symbol, key in fetch(_INSTRUMENTS, (account.venue,))}
