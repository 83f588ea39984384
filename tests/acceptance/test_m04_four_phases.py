"""M04: the four phases of a decision, with the rules as the decider. Each is stored as it was seen and said."""

from decimal import Decimal

import orjson
import pytest

from ai.adapters.rules_decider import RulesDecider
from ai.models import DecisionPhase, DecisionRow
from tests.ai.platform import Platform, make_platform
from trading.domain.decision import Action, Signal
from trading.domain.market_snapshot import InstrumentSnapshot
from trading.domain.order import OrderState
from trading.domain.parameters import StrategyParameters
from trading.models import AuditLine, OrderRow, PositionRow

pytestmark = pytest.mark.django_db(transaction=True)


class BuysBitcoin:
    """A rule that wants one instrument, as sure as the test says."""

    name = "rules-v1"

    def __init__(self, confidence: str) -> None:
        self._confidence = Decimal(confidence)

    def signal(self, snapshot: InstrumentSnapshot, parameters: StrategyParameters) -> Signal:
        wants = snapshot.instrument.symbol == "BTCUSDT" and snapshot.position is None
        return Signal(Action.BUY if wants else Action.HOLD, self._confidence, ("It looks right.",))


@pytest.fixture
def platform() -> Platform:
    return make_platform()


def phases() -> dict[str, DecisionPhase]:
    return {row.phase: row for row in DecisionPhase.objects.filter(decision__action="BUY")}


def test_all_four_are_stored_in_their_order(platform: Platform) -> None:
    platform.cycle(RulesDecider(BuysBitcoin("0.9")))
    stored = DecisionPhase.objects.filter(decision__action="BUY").values_list("number", "phase")
    assert list(stored) == [
        (1, "initial_analysis"),
        (2, "refinement"),
        (3, "risk_validation"),
        (4, "confidence_gate"),
    ]


def test_phase_one_is_an_action_a_confidence_and_a_reason(platform: Platform) -> None:
    platform.cycle(RulesDecider(BuysBitcoin("0.9")))
    first = phases()["initial_analysis"]
    assert (first.action, first.confidence, first.text) == ("BUY", Decimal("0.9"), "It looks right.")


def test_phase_two_challenges_the_confidence(platform: Platform) -> None:
    platform.cycle(RulesDecider(BuysBitcoin("0.9")))
    second = phases()["refinement"]
    assert second.text.startswith("Challenged")
    assert second.details["confidence_before"] == "0.9"
    taken = sum(Decimal(item["penalty"]) for item in second.details["objections"])
    assert second.confidence == Decimal("0.9") - taken
    assert DecisionRow.objects.get(action="BUY").confidence == second.confidence


def test_phase_three_sets_stop_and_target_by_the_parameters(platform: Platform) -> None:
    platform.cycle(RulesDecider(BuysBitcoin("0.9")))
    plan = phases()["risk_validation"].details["plan"]
    entry = Decimal(plan["reference_price"])
    assert abs(Decimal(plan["stop_loss"]) / entry - Decimal("0.95")) < Decimal("0.0001")
    assert abs(Decimal(plan["take_profit"]) / entry - Decimal("1.03")) < Decimal("0.0001")
    assert Decimal(plan["quantity"]) * Decimal(plan["limit_price"]) <= Decimal(200)


def test_phase_four_is_enforced_in_code(platform: Platform) -> None:
    platform.cycle(RulesDecider(BuysBitcoin("0.59")))
    assert phases()["confidence_gate"].details["is_passed"] is False
    assert DecisionRow.objects.get(action="BUY").denied_by == "confidence"
    assert not OrderRow.objects.exists()


def test_the_position_that_follows_is_protected_at_the_venue(platform: Platform) -> None:
    platform.cycle(RulesDecider(BuysBitcoin("0.9")))
    held = PositionRow.objects.get()
    stop = OrderRow.objects.get(purpose="STOP_LOSS")
    assert stop.state == OrderState.WORKING
    assert stop.stop_price == held.stop_loss


def test_the_audit_trail_has_the_risk_validation(platform: Platform) -> None:
    platform.cycle(RulesDecider(BuysBitcoin("0.9")))
    row = DecisionRow.objects.get(action="BUY")
    lines = AuditLine.objects.filter(subject_id=row.pk).order_by("seq")
    assert [line.kind for line in lines] == ["decision", "decision.placed", "decision.settled"]
    placed = orjson.loads(lines[1].body)["body"]
    assert [item["phase"] for item in placed["risk_validation"]] == ["risk_validation", "confidence_gate"]
    settled = orjson.loads(lines[2].body)["body"]
    assert settled["status"] == "EXECUTED"
    assert Decimal(settled["execution"]["filled_quantity"]) > 0


def test_a_hold_is_stored_compactly_and_still_audited(platform: Platform) -> None:
    platform.cycle(RulesDecider(BuysBitcoin("0.9")))
    row = DecisionRow.objects.get(action="HOLD")
    assert row.instrument.symbol == "ETHUSDT"
    assert row.phases.count() == 0
    assert AuditLine.objects.filter(kind="decision", subject_id=row.pk).count() == 1
