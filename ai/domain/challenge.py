"""The second look at an entry: what speaks against it lowers its confidence by fixed amounts. Pure and repeatable.

Only entries are challenged. An exit makes risk smaller and is never argued down. A challenge never raises a
confidence, so it cannot push an opinion over the gate.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from autotrader.lib.money import ZERO
from trading.domain.decision import Action, Signal
from trading.domain.market_snapshot import IndicatorValues, InstrumentSnapshot

STRETCHED_ATRS = 2.0
THIN_VOLUME_RATIO = 0.5
LEAST_CONFIDENCE_TO_ACT = Decimal("0.50")


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing that speaks against an entry, and what it takes from the confidence."""

    text: str
    penalty: Decimal


@dataclass(frozen=True, slots=True)
class Refinement:
    """The opinion after the challenge."""

    action: Action
    confidence: Decimal
    objections: tuple[Objection, ...]

    @property
    def text(self) -> str:
        if not self.objections:
            return "Challenged: nothing speaks against it; the confidence stays."
        return "Challenged: " + " ".join(objection.text for objection in self.objections)


def challenge(signal: Signal, snapshot: InstrumentSnapshot) -> Refinement:
    """`signal` after every objection was heard; below 0.50 a BUY becomes a HOLD."""
    if signal.action is not Action.BUY:
        return Refinement(signal.action, signal.confidence, ())
    objections = tuple(_objections(snapshot))
    confidence = max(ZERO, signal.confidence - sum((item.penalty for item in objections), ZERO))
    action = Action.BUY if confidence >= LEAST_CONFIDENCE_TO_ACT else Action.HOLD
    return Refinement(action, confidence, objections)


def _objections(snapshot: InstrumentSnapshot) -> list[Objection]:
    values, bar = snapshot.indicators, snapshot.bar
    if values is None or bar is None:
        return [Objection("There are no indicators to check it with.", Decimal("0.50"))]
    price = float(bar.close)
    found = [check(values, price) for check in _CHECKS]
    return [objection for objection in found if objection is not None]


def _stretched(values: IndicatorValues, price: float) -> Objection | None:
    if values.vwap is None or not values.atr or price - values.vwap <= STRETCHED_ATRS * values.atr:
        return None
    return Objection("The price stands more than 2 ATR above VWAP: late to enter.", Decimal("0.05"))


def _against_the_trend(values: IndicatorValues, price: float) -> Objection | None:
    if values.trend != "DOWN":
        return None
    return Objection("The trend points down: it buys against it.", Decimal("0.05"))


def _below_the_long_average(values: IndicatorValues, price: float) -> Objection | None:
    if values.sma_long is None or values.atr is None or price >= values.sma_long - values.atr:
        return None
    return Objection("The price lies more than one ATR below its long average.", Decimal("0.04"))


def _thin(values: IndicatorValues, price: float) -> Objection | None:
    if values.volume_ratio is None or values.volume_ratio >= THIN_VOLUME_RATIO:
        return None
    return Objection("Volume is under half of its usual: the move is poorly supported.", Decimal("0.05"))


_CHECKS: tuple[Callable[[IndicatorValues, float], Objection | None], ...] = (
    _stretched,
    _against_the_trend,
    _below_the_long_average,
    _thin,
)
