"""The rules as a decider: the opinion phases, and the deterministic challenge."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai.adapters.rules_decider import RulesDecider
from ai.domain.challenge import challenge
from tests.ai.fakes import START, held, make_snapshot
from trading.domain.decision import Action, HoldCause, Phase, Signal
from trading.domain.market_snapshot import InstrumentSnapshot, MarketSnapshot
from trading.domain.parameters import StrategyParameters
from trading.domain.strategies.rules import RuleStrategy


class Says:
    """A strategy that says what the test wants, or breaks on one symbol."""

    name = "says"

    def __init__(self, action: Action, confidence: str = "0.80", breaks_on: str = "") -> None:
        self._signal = Signal(action, Decimal(confidence), ("Because.",))
        self._breaks_on = breaks_on

    def signal(self, snapshot: InstrumentSnapshot, parameters: StrategyParameters) -> Signal:
        if snapshot.instrument.symbol == self._breaks_on:
            raise ZeroDivisionError("no range")
        return self._signal


def ask(strategy: object, *instruments: InstrumentSnapshot) -> list:
    picture = MarketSnapshot(START, tuple(instruments), StrategyParameters(), "P")
    return list(RulesDecider(strategy).decide(picture))  # type: ignore[arg-type]


def test_a_wanted_entry_goes_through_both_opinion_phases() -> None:
    (answer,) = ask(Says(Action.BUY), make_snapshot())
    assert [record.phase for record in answer.phases] == [Phase.INITIAL_ANALYSIS, Phase.REFINEMENT]
    assert (answer.signal.action, answer.signal.confidence) == (Action.BUY, Decimal("0.80"))
    assert answer.phases[1].text == "Challenged: nothing speaks against it; the confidence stays."
    assert (answer.attribution.decided_by, answer.attribution.model) == ("rules", "says")


def test_what_speaks_against_an_entry_lowers_its_confidence_and_is_said() -> None:
    (answer,) = ask(Says(Action.BUY), make_snapshot(volume_ratio=0.3, trend="DOWN"))
    assert answer.signal.confidence == Decimal("0.70")
    assert "Volume is under half" in answer.signal.reasoning
    assert answer.phases[1].details["confidence_before"] == "0.8"
    assert len(answer.phases[1].details["objections"]) == 2


def test_an_entry_that_was_argued_down_is_held_and_keeps_its_phases() -> None:
    (answer,) = ask(Says(Action.BUY, "0.55"), make_snapshot(volume_ratio=0.3, trend="DOWN"))
    assert (answer.signal.action, answer.signal.hold_cause) == (Action.HOLD, HoldCause.OPINION)
    assert [record.action for record in answer.phases] == [Action.BUY, Action.HOLD]


def test_an_exit_is_never_argued_down() -> None:
    (answer,) = ask(Says(Action.SELL, "0.62"), make_snapshot(volume_ratio=0.1, trend="DOWN", position=held()))
    assert (answer.signal.action, answer.signal.confidence) == (Action.SELL, Decimal("0.62"))


def test_a_hold_has_no_phases() -> None:
    (answer,) = ask(Says(Action.HOLD), make_snapshot())
    assert answer.phases == ()


def test_a_fault_in_one_instrument_holds_that_one_only() -> None:
    first, second = ask(Says(Action.BUY, breaks_on="BTCUSDT"), make_snapshot("BTCUSDT"), make_snapshot("ETHUSDT"))
    assert (first.signal.action, first.signal.hold_cause) == (Action.HOLD, HoldCause.ERROR)
    assert "ZeroDivisionError: no range" in first.signal.reasoning
    assert second.signal.action is Action.BUY


def test_the_real_rules_answer_for_every_instrument() -> None:
    answers = ask(RuleStrategy(), make_snapshot("BTCUSDT"), make_snapshot("ETHUSDT"))
    assert [answer.symbol for answer in answers] == ["BTCUSDT", "ETHUSDT"]
    assert {answer.attribution.model for answer in answers} == {"rules-v1"}


@given(
    st.decimals(0, 1, places=4),
    st.sampled_from(["UP", "DOWN", "FLAT"]),
    st.one_of(st.none(), st.floats(0, 5)),
    st.one_of(st.none(), st.floats(80, 120)),
)
def test_a_challenge_never_raises_a_confidence(
    confidence: Decimal, trend: str, volume: float | None, vwap: float | None
) -> None:
    snapshot = make_snapshot(trend=trend, volume_ratio=volume, vwap=vwap)
    refined = challenge(Signal(Action.BUY, confidence, ()), snapshot)
    assert Decimal(0) <= refined.confidence <= confidence
    assert refined.action in (Action.BUY, Action.HOLD)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"vwap": 97.0}, "more than 2 ATR above VWAP"),
        ({"sma_long": 105.0}, "below its long average"),
        ({"trend": "DOWN"}, "trend points down"),
        ({"volume_ratio": 0.49}, "under half"),
    ],
)
def test_each_objection_says_what_it_saw(changes: dict, words: str) -> None:
    refined = challenge(Signal(Action.BUY, Decimal("0.9"), ()), make_snapshot(**changes))
    assert words in refined.text
