"""Stand-ins with the faces of the conductor's ports, and a small account to play with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import Runtime, seeded_runtime
from trading.domain.bar import Bar, Interval
from trading.domain.decision import (
    RULES_ATTRIBUTION,
    Action,
    DecisionStatus,
    HoldCause,
    Opinion,
    Phase,
    PhaseRecord,
    Signal,
)
from trading.domain.instrument import AssetClass, Instrument
from trading.domain.market_snapshot import HeldPosition, IndicatorValues, InstrumentSnapshot, MarketSnapshot
from trading.domain.parameters import StrategyParameters
from trading.execution_order import ExecutionOrder, ExecutionOutcome
from trading.models import Account
from trading.ports import Quote
from trading.services.open_account import open_account
from trading.services.register_instruments import register_instruments

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
STRATEGY = "rules-v1"
SYMBOLS = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT")


def make_runtime(start: datetime = START, seed: int = 1) -> Runtime:
    return seeded_runtime(VirtualClock(start), seed)


def make_instrument(symbol: str = "BTCUSDT") -> Instrument:
    return Instrument(
        symbol=symbol,
        asset_class=AssetClass.CRYPTO,
        base=symbol.removesuffix("USDT"),
        quote="USDT",
        tick_size=Decimal("0.01"),
        lot_size=Decimal("0.00001"),
        min_quantity=Decimal("0.00001"),
        min_notional=Decimal(5),
    )


def make_account(symbols: Sequence[str] = SYMBOLS, name: str = "main", venue: str = "paper") -> Account:
    account = open_account(
        runtime=make_runtime(seed=sum(name.encode())),
        name=name,
        venue=venue,
        environment="paper",
        quote_asset="USDT",
        cash=Decimal(10000),
        market_label="SIMULATED",
    )
    register_instruments(venue=venue, instruments=[make_instrument(s) for s in symbols], universe=symbols)
    return account


def make_indicators(**changes: object) -> IndicatorValues:
    values: dict[str, object] = {
        "rsi": 28.0,
        "sma_short": 101.0,
        "sma_long": 100.0,
        "ema_short": 101.0,
        "ema_long": 100.0,
        "vwap": 100.5,
        "atr": 1.0,
        "atr_percent": 1.0,
        "daily_atr_percent": 2.0,
        "volume_ratio": 1.0,
        "trend": "UP",
    }
    return IndicatorValues(**{**values, **changes})  # type: ignore[arg-type]


def make_snapshot(
    symbol: str = "BTCUSDT",
    *,
    now: datetime = START,
    price: str = "100",
    position: HeldPosition | None = None,
    is_session_open: bool = True,
    data_problem: str = "",
    **indicators: object,
) -> InstrumentSnapshot:
    close = Decimal(price)
    bar = Bar(symbol, Interval.M1, now - timedelta(minutes=1), close, close, close, close, Decimal(50))
    return InstrumentSnapshot(
        instrument=make_instrument(symbol),
        bar=bar,
        indicators=make_indicators(**indicators),
        position=position,
        is_session_open=is_session_open,
        minutes_to_close=None,
        median_volume=Decimal(1000),
        data_problem=data_problem,
    )


def make_quote(symbol: str = "BTCUSDT", now: datetime = START, price: str = "100", spread: str = "0.02") -> Quote:
    middle, half = Decimal(price), Decimal(spread) / 2
    return Quote(symbol, middle - half, middle + half, middle, now)


def held(quantity: str = "0.5", price: str = "98") -> HeldPosition:
    return HeldPosition(Decimal(quantity), Decimal(price), START, Decimal(90), Decimal(110), Decimal(1))


@dataclass
class FakeMarket:
    """A market whose picture is what the test says."""

    symbols: Sequence[str] = SYMBOLS
    changes: dict[str, dict[str, object]] = field(default_factory=dict)
    refreshed: list[datetime] = field(default_factory=list)
    fails_with: Exception | None = None
    quotes: dict[str, Quote | None] = field(default_factory=dict)

    def refresh(self, now: datetime, /) -> object:
        self.refreshed.append(now)
        if self.fails_with is not None:
            raise self.fails_with
        return None

    def snapshot(
        self, now: datetime, account: Account, parameters: StrategyParameters, parameter_set_id: str, /
    ) -> MarketSnapshot:
        items = tuple(make_snapshot(s, now=now, **self.changes.get(s, {})) for s in self.symbols)  # type: ignore[arg-type]
        return MarketSnapshot(now, items, parameters, parameter_set_id)

    def quote(self, symbol: str, /) -> Quote | None:
        return self.quotes.get(symbol, make_quote(symbol, self.refreshed[-1]))

    def prices(self) -> dict[str, Decimal]:
        return {symbol: Decimal(100) for symbol in self.symbols}


def opinion(symbol: str, action: Action = Action.HOLD, confidence: str = "0.7") -> Opinion:
    cause = HoldCause.OPINION if action is Action.HOLD else None
    signal = Signal(action, Decimal(confidence), (f"{symbol} looks like {action.value}.",), cause)
    phases = (
        PhaseRecord(Phase.INITIAL_ANALYSIS, action, Decimal(confidence), "first look"),
        PhaseRecord(Phase.REFINEMENT, action, Decimal(confidence), "second look"),
    )
    return Opinion(symbol, signal, () if action is Action.HOLD else phases, RULES_ATTRIBUTION)


@dataclass
class FakeDecider:
    """Answers with the actions it was given; every other instrument is held."""

    actions: dict[str, Action] = field(default_factory=dict)
    confidence: str = "0.7"
    answer: Callable[[MarketSnapshot], Sequence[Opinion]] | None = None
    asked: list[tuple[str, ...]] = field(default_factory=list)
    name: str = "fake"

    def decide(self, snapshot: MarketSnapshot) -> Sequence[Opinion]:
        symbols = tuple(item.instrument.symbol for item in snapshot.instruments)
        self.asked.append(symbols)
        if self.answer is not None:
            return self.answer(snapshot)
        return [opinion(s, self.actions.get(s, Action.HOLD), self.confidence) for s in symbols]


@dataclass
class FakeExecutor:
    """Gives the outcome it was told, by symbol; SUBMITTED where nothing was said."""

    outcomes: dict[str, ExecutionOutcome | Exception] = field(default_factory=dict)
    orders: list[ExecutionOrder] = field(default_factory=list)
    pumps: int = 0
    strategy: str = STRATEGY
    before: Callable[[ExecutionOrder], None] = lambda order: None

    def execute(self, order: ExecutionOrder, /) -> ExecutionOutcome:
        self.orders.append(order)
        self.before(order)
        planned = self.outcomes.get(order.opinion.symbol)
        if isinstance(planned, Exception):
            raise planned
        if order.is_analysis_only:
            return ExecutionOutcome(DecisionStatus.ANALYSIS_ONLY, "analysis only")
        return planned or ExecutionOutcome(DecisionStatus.SUBMITTED, "handed over", has_live_intent=True)

    def pump(self) -> None:
        self.pumps += 1
