"""What the conductor needs from others: a picture of the market, an opinion, and somebody who turns it into orders."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from trading.domain.decision import Opinion
from trading.domain.market_snapshot import MarketSnapshot
from trading.domain.parameters import StrategyParameters
from trading.execution_order import ExecutionOrder, ExecutionOutcome
from trading.models import Account
from trading.ports import Quote


class Decider(Protocol):
    """Who has opinions: the rules, or a chain of models that ends in the rules."""

    @property
    def name(self) -> str:
        """How logs call it."""
        ...

    def decide(self, snapshot: MarketSnapshot) -> Sequence[Opinion]:
        """One opinion for each instrument of `snapshot`, in any order.

        An instrument without an answer, with two answers, or with a confidence outside 0..1 becomes a recorded
        HOLD by error. An exception makes all of them that: the cycle goes on and places nothing.
        """
        ...


class Market(Protocol):
    """The market as one cycle uses it."""

    def refresh(self, now: datetime, /) -> object:
        """Take in every bar closed by `now`. An instrument that stays without data gets a `data_problem`."""
        ...

    def snapshot(
        self, now: datetime, account: Account, parameters: StrategyParameters, parameter_set_id: str, /
    ) -> MarketSnapshot:
        """One frozen picture of the whole universe at `now`."""
        ...

    def quote(self, symbol: str, /) -> Quote | None:
        """The present price; None when the source has none or cannot answer. May use the network."""
        ...

    def prices(self) -> dict[str, Decimal]:
        """The last known price by symbol; empty before the first bar."""
        ...


class Executor(Protocol):
    """Joins decision to money."""

    @property
    def strategy(self) -> str:
        """Whose parameter set is used, and whose name the orders carry."""
        ...

    def execute(self, order: ExecutionOrder, /) -> ExecutionOutcome:
        """Judge one acting opinion and, unless it is analysis only, record the intent; inside the caller's transaction.

        A refusal is an outcome (DENIED with a name); an exception means that nothing may be ordered.
        """
        ...

    def pump(self) -> None:
        """Let the order gateway take one step (or wake it, where it has its own process)."""
        ...
