"""The only place of the ai floor that picks who decides, and that puts an account's loop together."""

import threading

from ai.adapters.rules_decider import RulesDecider
from ai.engine import Engine
from ai.ports import Decider
from trading.bootstrap import AccountParts, build_account_parts
from trading.domain.strategies.rules import RuleStrategy
from trading.models import Account

_engines: dict[int, Engine] = {}
_lock = threading.Lock()


def build_decider() -> Decider:
    """Who decides: the rules, which need no key and no network."""
    return RulesDecider(RuleStrategy())


def build_engine(account: Account | None = None, *, has_gateway_here: bool = True) -> Engine:
    """A new engine for `account` (the default account when none is given)."""
    return engine_of(build_account_parts(account, has_gateway_here=has_gateway_here))


def engine_of(parts: AccountParts) -> Engine:
    """The engine around parts that were put together already."""
    return Engine(parts.runtime, parts.account, parts.market, build_decider(), parts.executor)


def shared_engine(account_id: int) -> Engine:
    """The one engine of this process for the account: the market keeps its indicators from cycle to cycle.

    Orders are left to the gateway that runs in its own thread or process. Raises Account.DoesNotExist.
    """
    with _lock:
        if account_id not in _engines:
            account = Account.objects.get(pk=account_id)
            _engines[account_id] = build_engine(account, has_gateway_here=False)
        return _engines[account_id]
