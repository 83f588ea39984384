"""What became of the orders comes back to the decisions."""

from decimal import Decimal

import pytest
from django.db import connection

from ai.domain.settlement import IntentStanding, settled_status
from ai.models import DecisionRow
from ai.models.decision import _UNSETTLED_IDS
from tests.ai.fakes import FakeDecider
from tests.ai.platform import Platform, make_platform
from trading.domain.decision import UNSETTLED_STATUSES, Action, DecisionStatus
from trading.domain.order import OrderState
from trading.models import Intent

BUY_BTC = FakeDecider({"BTCUSDT": Action.BUY}, confidence="0.8")


@pytest.mark.parametrize(
    ("standing", "status"),
    [
        (IntentStanding("DENIED", "too big"), DecisionStatus.DENIED),
        (IntentStanding("AWAITING_APPROVAL", ""), DecisionStatus.AWAITING_APPROVAL),
        (IntentStanding("APPROVED", ""), DecisionStatus.SUBMITTED),
        (IntentStanding("EXPIRED", "stale"), DecisionStatus.EXPIRED),
        (IntentStanding("FAILED", "changed"), DecisionStatus.FAILED),
        (IntentStanding("SUBMITTED", "", OrderState.UNKNOWN), DecisionStatus.SUBMITTED),
        (IntentStanding("SUBMITTED", "", OrderState.PARTIAL, Decimal(1)), DecisionStatus.SUBMITTED),
        (IntentStanding("DONE", "", OrderState.FILLED, Decimal(1)), DecisionStatus.EXECUTED),
        (IntentStanding("DONE", "", OrderState.EXPIRED, Decimal(1)), DecisionStatus.EXECUTED),
        (IntentStanding("DONE", "", OrderState.EXPIRED), DecisionStatus.FAILED),
        (IntentStanding("FAILED", "", OrderState.REJECTED, Decimal(0), "no money"), DecisionStatus.FAILED),
        (IntentStanding("FAILED", "", OrderState.NOT_ACCEPTED), DecisionStatus.FAILED),
    ],
)
def test_the_status_follows_intent_and_order(standing: IntentStanding, status: DecisionStatus) -> None:
    assert settled_status(standing)[0] is status


@pytest.mark.parametrize("state", [value for value, _ in Intent.State.choices])
def test_every_intent_state_has_a_status(state: str) -> None:
    assert settled_status(IntentStanding(state, ""))[0] in DecisionStatus


def test_a_venues_reason_reaches_the_decision() -> None:
    standing = IntentStanding("FAILED", "", OrderState.REJECTED, Decimal(0), "no money")
    assert settled_status(standing)[1] == "order REJECTED: no money"


def test_the_statement_knows_every_unsettled_status() -> None:
    assert all(f"'{status.value}'" in _UNSETTLED_IDS for status in UNSETTLED_STATUSES)
    assert _UNSETTLED_IDS.count("'") == 2 * len(UNSETTLED_STATUSES)


@pytest.mark.django_db
def test_the_unsettled_are_found_through_their_index() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a planner may scan an empty table")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {_UNSETTLED_IDS}", [1])
        plan = " ".join(str(row[3]) for row in cursor.fetchall())
    assert "decision_unsettled" in plan


@pytest.fixture
def platform(transactional_db: None) -> Platform:
    return make_platform()


def test_an_approved_trade_is_executed_and_its_decision_follows(platform: Platform) -> None:
    from trading.services.approve_intent import approve_intent
    from trading.services.set_autonomous_mode import set_autonomous_mode

    set_autonomous_mode(runtime=platform.runtime, account=platform.account, is_autonomous=False, by="test")
    platform.cycle(BUY_BTC)
    approve_intent(runtime=platform.runtime, intent_id=Intent.objects.get().pk, by="operator")
    platform.parts.executor.pump()
    assert DecisionRow.objects.get(action="BUY").status == "AWAITING_APPROVAL"
    platform.cycle(FakeDecider())
    assert DecisionRow.objects.get(action="BUY").status == "EXECUTED"
