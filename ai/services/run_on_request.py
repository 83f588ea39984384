"""What a person asks for, through the same conductor as everything else: the same phases, risk rules, gateway, audit.

A run on request looks at one instrument and is no slot of the loop. It must never skip a rule because a person asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from ai.domain.cycle_result import CycleState
from ai.engine import Engine
from ai.models import DecisionRow
from ai.ports import Decider, Executor, Market
from ai.services.run_cycle import run_cycle
from autotrader.lib.errors import BadInput, Conflict
from autotrader.lib.money import ONE, is_multiple, plain
from trading.domain.decision import Action, Attribution, Opinion, Signal
from trading.domain.market_snapshot import MarketSnapshot
from trading.domain.order import Side
from trading.domain.parameters import StrategyParameters
from trading.execution_order import ExecutionOrder, ExecutionOutcome
from trading.models import Account, InstrumentRow, PositionRow
from trading.ports import Quote

PERSON = "person"


@dataclass(frozen=True, slots=True)
class TradeRequest:
    """Buy or sell `quantity` base units of `symbol`; None sells all that is held. `by` is who asks."""

    symbol: str
    side: Side
    quantity: Decimal | None
    by: str


def analyse_instrument(*, engine: Engine, symbol: str) -> DecisionRow:
    """The full decision on `symbol` as the loop would take it now, stored as ANALYSIS_ONLY (or HOLD); places nothing.

    Raises BadInput for a symbol outside the universe, Conflict when its exchange is closed or a cycle is running.
    """
    instrument = _known(engine.account, symbol)
    return _run(engine, instrument, engine.decider, engine.executor, execute=False)


def request_trade(*, engine: Engine, request: TradeRequest) -> DecisionRow:
    """The stored decision with its status: SUBMITTED, AWAITING_APPROVAL, DENIED by a named rule, HOLD on bad data.

    A buy is never larger than the sizing rules allow. Raises BadInput for an unknown symbol or a quantity off the lot
    grid, Conflict for more than is held, a closed exchange, or while a cycle is running.
    """
    instrument = _known(engine.account, request.symbol)
    _require_possible(engine.account, instrument, request)
    executor: Executor = _AtMost(engine.executor, request.quantity) if request.quantity else engine.executor
    return _run(engine, instrument, _AsAsked(request), executor, execute=True)


def _run(
    engine: Engine, instrument: InstrumentRow, decider: Decider, executor: Executor, *, execute: bool
) -> DecisionRow:
    result = run_cycle(
        now=engine.runtime.clock.now(),
        runtime=engine.runtime,
        account=engine.account,
        market=_OneInstrument(engine.market, instrument.symbol),
        decider=decider,
        executor=executor,
        execute=execute,
        is_slot=False,
    )
    if result.state is CycleState.TAKEN:
        raise Conflict(f"{result.reason}: please ask again in a moment", code="busy")
    if not result.decisions:
        raise Conflict(f"the exchange of {instrument.symbol} is closed now", code="session_closed")
    rows = DecisionRow.objects.select_related("instrument").prefetch_related("phases")
    return rows.get(pk=result.decisions[0].decision_id)


def _known(account: Account, symbol: str) -> InstrumentRow:
    found = InstrumentRow.objects.filter(venue=account.venue, symbol=symbol.upper(), is_in_universe=True).first()
    if found is None:
        raise BadInput(f"{symbol!r} is not in the universe of {account.name}", code="unknown_symbol")
    return found


def _require_possible(account: Account, instrument: InstrumentRow, request: TradeRequest) -> None:
    quantity = request.quantity
    if quantity is None and request.side is Side.BUY:
        raise BadInput("quantity is needed to buy")
    if quantity is not None and (not quantity.is_finite() or quantity <= 0):
        raise BadInput(f"quantity is {quantity}; it must be above zero")
    if quantity is not None and not is_multiple(quantity, instrument.lot_size):
        raise BadInput(
            f"quantity is {plain(quantity)}; {instrument.symbol} goes in steps of {plain(instrument.lot_size)}"
        )
    if request.side is Side.SELL:
        _require_held(account, instrument, quantity)


def _require_held(account: Account, instrument: InstrumentRow, quantity: Decimal | None) -> None:
    row = PositionRow.objects.filter(account=account, instrument=instrument, opened_at__isnull=False).first()
    if row is None:
        raise Conflict(f"there is no open position in {instrument.symbol}", code="no_position")
    if quantity is not None and quantity > row.quantity:
        raise Conflict(f"only {plain(row.quantity)} {instrument.base} are held, not {plain(quantity)}", code="not_held")


@dataclass(frozen=True, slots=True)
class _OneInstrument:
    """The market with everything but one instrument left out of the picture."""

    market: Market
    symbol: str

    def refresh(self, now: datetime, /) -> object:
        return self.market.refresh(now)

    def snapshot(
        self, now: datetime, account: Account, parameters: StrategyParameters, parameter_set_id: str, /
    ) -> MarketSnapshot:
        whole = self.market.snapshot(now, account, parameters, parameter_set_id)
        return replace(whole, instruments=tuple(i for i in whole.instruments if i.instrument.symbol == self.symbol))

    def quote(self, symbol: str, /) -> Quote | None:
        return self.market.quote(symbol)

    def prices(self) -> dict[str, Decimal]:
        return self.market.prices()


@dataclass(frozen=True, slots=True)
class _AsAsked:
    """A decider that wants what a person wants."""

    request: TradeRequest

    @property
    def name(self) -> str:
        return PERSON

    def decide(self, snapshot: MarketSnapshot) -> Sequence[Opinion]:
        signal = Signal(Action(self.request.side.value), ONE, (f"Asked for by {self.request.by}.",))
        by = Attribution(decided_by=PERSON, model="")
        return [Opinion(item.instrument.symbol, signal, (), by) for item in snapshot.instruments]


@dataclass(frozen=True, slots=True)
class _AtMost:
    """The executor with the asked quantity as one more limit."""

    executor: Executor
    quantity: Decimal

    @property
    def strategy(self) -> str:
        return self.executor.strategy

    def execute(self, order: ExecutionOrder, /) -> ExecutionOutcome:
        return self.executor.execute(replace(order, quantity_limit=self.quantity))

    def pump(self) -> None:
        self.executor.pump()
