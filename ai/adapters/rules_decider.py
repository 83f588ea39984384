"""The rules as a decider: no key, no network, always there. It is also the last link of every chain of models.

Promises one opinion for each instrument; a fault in one instrument's rules holds that instrument only.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace

from ai.domain.challenge import Refinement, challenge
from ai.domain.hearing import held_by_error
from autotrader.lib.money import plain
from trading.domain.decision import (
    Action,
    Attribution,
    HoldCause,
    Opinion,
    Phase,
    PhaseRecord,
    Signal,
)
from trading.domain.market_snapshot import InstrumentSnapshot, MarketSnapshot
from trading.domain.parameters import StrategyParameters
from trading.domain.strategies.base import Strategy

logger = logging.getLogger(__name__)


class RulesDecider:
    """Asks a strategy, then challenges its own answer once."""

    def __init__(self, strategy: Strategy) -> None:
        self._strategy = strategy
        self._attribution = Attribution(decided_by="rules", model=strategy.name)

    @property
    def name(self) -> str:
        return self._strategy.name

    def decide(self, snapshot: MarketSnapshot) -> Sequence[Opinion]:
        return [self._opinion(item, snapshot.parameters) for item in snapshot.instruments]

    def _opinion(self, snapshot: InstrumentSnapshot, parameters: StrategyParameters) -> Opinion:
        symbol = snapshot.instrument.symbol
        try:
            return self._asked(symbol, snapshot, parameters)
        except Exception as error:
            # A fault in one instrument's rules is a HOLD by error there; the other instruments are still judged.
            logger.exception("The rules failed on %s", symbol)
            return held_by_error(symbol, f"The rules failed: {type(error).__name__}: {error}", self._attribution)

    def _asked(self, symbol: str, snapshot: InstrumentSnapshot, parameters: StrategyParameters) -> Opinion:
        first = self._strategy.signal(snapshot, parameters)
        if first.action is Action.HOLD:
            return Opinion(symbol=symbol, signal=first, phases=(), attribution=self._attribution)
        refined = challenge(first, snapshot)
        return Opinion(
            symbol=symbol,
            signal=_after(first, refined),
            phases=(_initial_phase(first), _refinement_phase(first, refined)),
            attribution=self._attribution,
        )


def _after(first: Signal, refined: Refinement) -> Signal:
    cause = HoldCause.OPINION if refined.action is Action.HOLD else None
    reasons = (*first.reasons, *(objection.text for objection in refined.objections))
    return replace(first, action=refined.action, confidence=refined.confidence, reasons=reasons, hold_cause=cause)


def _initial_phase(first: Signal) -> PhaseRecord:
    return PhaseRecord(Phase.INITIAL_ANALYSIS, first.action, first.confidence, first.reasoning)


def _refinement_phase(first: Signal, refined: Refinement) -> PhaseRecord:
    objections = [{"text": item.text, "penalty": plain(item.penalty)} for item in refined.objections]
    details = {"confidence_before": plain(first.confidence), "objections": objections}
    text = refined.text if first.action is Action.BUY else "An exit makes the risk smaller: it is not argued down."
    return PhaseRecord(Phase.REFINEMENT, refined.action, refined.confidence, text, details)
