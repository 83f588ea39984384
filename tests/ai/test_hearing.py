"""Which opinion counts."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai.domain.hearing import all_held_by_error, hear
from tests.ai.fakes import make_snapshot, opinion
from trading.domain.decision import Action, HoldCause, Opinion

BTC = make_snapshot("BTCUSDT")


def heard(*opinions: Opinion, seen: object = BTC) -> Opinion:
    (only,) = hear([seen], opinions)  # type: ignore[list-item]
    return only.opinion


def test_an_opinion_is_taken_as_it_is() -> None:
    given_opinion = opinion("BTCUSDT", Action.BUY)
    assert heard(given_opinion) is given_opinion


def test_silence_is_a_hold_by_error() -> None:
    signal = heard().signal
    assert (signal.action, signal.hold_cause) == (Action.HOLD, HoldCause.ERROR)


def test_two_answers_are_none() -> None:
    signal = heard(opinion("BTCUSDT", Action.BUY), opinion("BTCUSDT", Action.SELL)).signal
    assert (signal.action, signal.hold_cause) == (Action.HOLD, HoldCause.ERROR)
    assert "2 opinions" in signal.reasoning


@pytest.mark.parametrize("confidence", ["1.01", "-0.1", "NaN", "Infinity"])
def test_an_impossible_confidence_is_a_hold_by_error(confidence: str) -> None:
    assert heard(opinion("BTCUSDT", Action.BUY, confidence)).signal.hold_cause is HoldCause.ERROR


def test_a_hold_without_a_cause_is_an_opinion() -> None:
    bare = opinion("BTCUSDT")
    bare = replace(bare, signal=replace(bare.signal, hold_cause=None))
    assert heard(bare).signal.hold_cause is HoldCause.OPINION


@given(st.sampled_from([Action.BUY, Action.SELL]), st.decimals(0, 1, places=4))
def test_nothing_moves_on_bad_data(action: Action, confidence: Decimal) -> None:
    seen = make_snapshot("BTCUSDT", data_problem="a gap of 3 bars")
    signal = heard(opinion("BTCUSDT", action, str(confidence)), seen=seen).signal
    assert (signal.action, signal.hold_cause, signal.reasoning) == (Action.HOLD, HoldCause.DATA, "a gap of 3 bars")


def test_nothing_moves_without_a_bar() -> None:
    seen = replace(BTC, bar=None)
    assert heard(opinion("BTCUSDT", Action.BUY), seen=seen).signal.hold_cause is HoldCause.DATA


def test_a_broken_decider_holds_everything_by_error() -> None:
    held = all_held_by_error([BTC, make_snapshot("ETHUSDT")], "it broke")
    assert [item.opinion.signal.hold_cause for item in held] == [HoldCause.ERROR, HoldCause.ERROR]
    assert [item.opinion.attribution.decided_by for item in held] == ["nobody", "nobody"]
