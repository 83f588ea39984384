"""What a cycle sees: one frozen picture of every instrument, taken once, the same for every decider."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from trading.domain.bar import Bar
from trading.domain.instrument import Instrument
from trading.domain.parameters import StrategyParameters


@dataclass(frozen=True, slots=True)
class IndicatorValues:
    """Indicators of one instrument after its last closed bar. Floats: they are opinions about prices, not money.

    None until enough bars were seen. `trend` is UP, DOWN or FLAT; `daily_atr_percent` is the mean true range of the
    last completed days in percent of the last close (M03).
    """

    rsi: float | None
    sma_short: float | None
    sma_long: float | None
    ema_short: float | None
    ema_long: float | None
    vwap: float | None
    atr: float | None
    atr_percent: float | None
    daily_atr_percent: float | None
    volume_ratio: float | None
    trend: str


@dataclass(frozen=True, slots=True)
class HeldPosition:
    """The open position of one instrument as the decider sees it; quantity in base units, prices in quote units."""

    quantity: Decimal
    average_entry_price: Decimal
    opened_at: datetime
    stop_loss: Decimal | None
    take_profit: Decimal | None
    unrealised_pnl: Decimal


@dataclass(frozen=True, slots=True)
class InstrumentSnapshot:
    """One instrument at one moment. `data_problem` names why it must not be traded now; empty when all is well."""

    instrument: Instrument
    bar: Bar | None
    indicators: IndicatorValues | None
    position: HeldPosition | None
    is_session_open: bool
    minutes_to_close: int | None
    median_volume: Decimal | None
    data_problem: str = ""


@dataclass(frozen=True, slots=True)
class MarketSnapshot:
    """Everything one cycle decides on."""

    taken_at: datetime
    instruments: tuple[InstrumentSnapshot, ...]
    parameters: StrategyParameters
    parameter_set_id: str
    headlines: tuple[str, ...] = ()
