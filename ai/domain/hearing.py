"""Opinions as the conductor accepts them: exactly one for each instrument, sane, and never on bad data. Pure.

Whatever a decider answers, an instrument with a data problem is held (order-safety.md, I19), and a missing,
doubled or impossible answer is a HOLD by error, kept apart from a HOLD by opinion (M12).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from autotrader.lib.money import ONE, ZERO
from trading.domain.decision import Action, Attribution, HoldCause, Opinion, Signal
from trading.domain.market_snapshot import InstrumentSnapshot

NOBODY = Attribution(decided_by="nobody", model="")


@dataclass(frozen=True, slots=True)
class Heard:
    """One instrument with the opinion that counts."""

    snapshot: InstrumentSnapshot
    opinion: Opinion

    @property
    def is_acting(self) -> bool:
        return self.opinion.signal.action is not Action.HOLD


def hear(instruments: Sequence[InstrumentSnapshot], opinions: Sequence[Opinion]) -> list[Heard]:
    """The opinion that counts for each of `instruments`, in their order."""
    counts = Counter(opinion.symbol for opinion in opinions)
    by_symbol = {opinion.symbol: opinion for opinion in opinions}
    return [
        Heard(seen, _accepted(seen, by_symbol.get(seen.instrument.symbol), counts[seen.instrument.symbol]))
        for seen in instruments
    ]


def all_held_by_error(instruments: Sequence[InstrumentSnapshot], reason: str) -> list[Heard]:
    """A HOLD by error for each: the decider itself failed."""
    return [Heard(seen, held_by_error(seen.instrument.symbol, reason)) for seen in instruments]


def held_by_error(symbol: str, reason: str, attribution: Attribution = NOBODY) -> Opinion:
    return _hold(symbol, reason, HoldCause.ERROR, attribution)


def _accepted(seen: InstrumentSnapshot, opinion: Opinion | None, count: int) -> Opinion:
    symbol = seen.instrument.symbol
    if opinion is None:
        return held_by_error(symbol, "The decider gave no opinion.")
    if count > 1:
        return held_by_error(symbol, f"The decider gave {count} opinions.", opinion.attribution)
    signal = opinion.signal
    if not signal.confidence.is_finite() or not ZERO <= signal.confidence <= ONE:
        return held_by_error(symbol, f"Confidence {signal.confidence} is not within 0 and 1.", opinion.attribution)
    if signal.action is Action.HOLD:
        return opinion if signal.hold_cause else replace(opinion, signal=replace(signal, hold_cause=HoldCause.OPINION))
    if seen.data_problem or seen.bar is None:
        return _hold(symbol, seen.data_problem or "There is no bar yet.", HoldCause.DATA, opinion.attribution)
    return opinion


def _hold(symbol: str, reason: str, cause: HoldCause, attribution: Attribution) -> Opinion:
    signal = Signal(action=Action.HOLD, confidence=ZERO, reasons=(reason,), hold_cause=cause)
    return Opinion(symbol=symbol, signal=signal, phases=(), attribution=attribution)
