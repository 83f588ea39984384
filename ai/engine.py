"""Everything one account's loop needs, put together once (see `ai/bootstrap.py`) and handed round as one thing."""

from dataclasses import dataclass

from ai.ports import Decider, Executor, Market
from autotrader.lib.runtime import Runtime
from trading.models import Account


@dataclass(frozen=True, slots=True)
class Engine:
    """The parts of the loop. They are the same objects from cycle to cycle: the market keeps its indicators."""

    runtime: Runtime
    account: Account
    market: Market
    decider: Decider
    executor: Executor
