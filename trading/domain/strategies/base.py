"""What a strategy is, and the frame that every scoring strategy stands in.

A new strategy brings a `ScoringRule`: which indicators it needs and how strongly they speak for an entry or an exit.
The frame (`ScoredStrategy`) adds what holds for all of them: no opinion on bad data, the universe screen, long only,
flat before the close. A strategy never reads a clock, keeps no memory, and gives the same answer to the same picture.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from trading.domain.decision import Action, HoldCause, Signal
from trading.domain.instrument import AssetClass
from trading.domain.market_snapshot import IndicatorValues, InstrumentSnapshot
from trading.domain.parameters import StrategyParameters


class Strategy(Protocol):
    """An opinion for each picture. `name` is stored with every decision and owns the parameter sets."""

    @property
    def name(self) -> str: ...

    def signal(self, snapshot: InstrumentSnapshot, parameters: StrategyParameters) -> Signal:
        """The opinion about one instrument. SELL means: close the open position."""
        ...


@dataclass(frozen=True, slots=True)
class View:
    """What a scoring rule looks at, as floats: the last close, the last bar's opening price, the indicators.

    `gain` is the open position's as a fraction of its entry price; `gain` and `held_bars` are 0 without a position.
    """

    price: float
    bar_open: float
    indicators: IndicatorValues
    gain: float
    held_bars: float


@dataclass(frozen=True, slots=True)
class Score:
    """How strongly something is wanted: `strength` 0 to 1, 0 meaning not at all; `reasons` short sentences."""

    strength: float
    reasons: tuple[str, ...]


class ScoringRule(Protocol):
    """The heart of a strategy. `needs` names the fields of IndicatorValues that must be known before it is asked."""

    @property
    def needs(self) -> tuple[str, ...]: ...

    def entry(self, view: View, parameters: StrategyParameters) -> Score:
        """How strongly to buy, when nothing is held."""
        ...

    def exit(self, view: View, parameters: StrategyParameters) -> Score:
        """How strongly to close the position that is held."""
        ...


class ScoredStrategy:
    """A scoring rule in its frame."""

    def __init__(self, name: str, rule: ScoringRule) -> None:
        self._name = name
        self._rule = rule

    @property
    def name(self) -> str:
        return self._name

    def signal(self, snapshot: InstrumentSnapshot, parameters: StrategyParameters) -> Signal:
        if snapshot.data_problem:
            return _hold(snapshot.data_problem, cause=HoldCause.DATA)
        if _must_be_flat(snapshot, parameters):
            return _before_the_close(snapshot)
        if not snapshot.is_session_open:
            return _hold("The session is closed.")
        view = _view(snapshot, self._rule.needs)
        if view is None:
            return _hold("There are not enough bars yet for every indicator.", cause=HoldCause.DATA)
        if snapshot.position is None:
            return self._entry(view, parameters)
        return _scored(Action.SELL, self._rule.exit(view, parameters))

    def _entry(self, view: View, parameters: StrategyParameters) -> Signal:
        score = self._rule.entry(view, parameters)
        if score.strength <= 0.0:
            return _hold(*score.reasons)
        daily = view.indicators.daily_atr_percent
        if daily is None:
            return _hold("The daily range is not known before a full day was seen.", cause=HoldCause.DATA)
        if daily < float(parameters.atr_threshold):
            return _hold(f"It moves {daily:.2f} % a day; entries need {parameters.atr_threshold} %.")
        return _scored(Action.BUY, score)


def as_confidence(strength: float) -> Decimal:
    """A strength as a confidence with four decimal places, cut to 0..1 (a whole number of ten-thousandths: exact)."""
    return Decimal(int(min(max(strength, 0.0), 1.0) * 10_000 + 0.5)).scaleb(-4)


def _scored(action: Action, score: Score) -> Signal:
    if score.strength <= 0.0:
        return _hold(*score.reasons)
    return Signal(action, as_confidence(score.strength), score.reasons)


def _hold(*reasons: str, cause: HoldCause = HoldCause.OPINION) -> Signal:
    return Signal(Action.HOLD, _NONE, reasons, cause)


_NONE = Decimal("0.0000")
_CERTAIN = Decimal("1.0000")


def _must_be_flat(snapshot: InstrumentSnapshot, parameters: StrategyParameters) -> bool:
    """Inside the last minutes of a session of a market that closes."""
    minutes = snapshot.minutes_to_close
    if snapshot.instrument.asset_class is not AssetClass.STOCK or minutes is None or not snapshot.is_session_open:
        return False
    return minutes <= parameters.flat_before_close_minutes


def _before_the_close(snapshot: InstrumentSnapshot) -> Signal:
    text = f"{snapshot.minutes_to_close} minutes before the close"
    if snapshot.position is None:
        return _hold(f"No entry {text}.")
    return Signal(Action.SELL, _CERTAIN, (f"Flat {text}.",))


def _view(snapshot: InstrumentSnapshot, needs: tuple[str, ...]) -> View | None:
    bar, values, position = snapshot.bar, snapshot.indicators, snapshot.position
    if bar is None or values is None or any(getattr(values, name) is None for name in needs):
        return None
    price, bar_open = float(bar.close), float(bar.open)
    if position is None:
        return View(price, bar_open, values, 0.0, 0.0)
    held = (bar.close_time - position.opened_at) / bar.interval.duration
    return View(price, bar_open, values, price / float(position.average_entry_price) - 1.0, held)
