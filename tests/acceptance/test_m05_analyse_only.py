"""M05: analyse only. `execute=False` gives the full decision and places nothing."""

import pytest

from ai.models import CycleRow, DecisionPhase, DecisionRow
from tests.ai.fakes import FakeDecider
from tests.ai.platform import Platform, make_platform
from trading.domain.decision import Action
from trading.models import Intent, LedgerTransaction, OrderRow, PaperOrder, PositionRow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def platform() -> Platform:
    return make_platform()


def test_the_decision_is_whole_and_nothing_is_placed(platform: Platform) -> None:
    before = LedgerTransaction.objects.count()
    platform.cycle(FakeDecider({"BTCUSDT": Action.BUY}, confidence="0.8"), execute=False)
    row = DecisionRow.objects.get(action="BUY")
    assert row.status == "ANALYSIS_ONLY"
    assert row.denied_by == ""
    assert row.execution["plan"]["side"] == "BUY"
    phases = list(DecisionPhase.objects.filter(decision=row).values_list("phase", flat=True))
    assert phases == ["initial_analysis", "refinement", "risk_validation", "confidence_gate"]
    for table in (Intent, OrderRow, PaperOrder, PositionRow):
        assert table.objects.count() == 0, table
    assert LedgerTransaction.objects.count() == before


def test_it_says_what_would_have_been_denied(platform: Platform) -> None:
    platform.cycle(FakeDecider({"BTCUSDT": Action.SELL}, confidence="0.8"), execute=False)
    row = DecisionRow.objects.get(action="SELL")
    assert (row.status, row.denied_by) == ("ANALYSIS_ONLY", "no_position")


def test_it_is_an_own_kind_of_cycle(platform: Platform) -> None:
    platform.cycle(FakeDecider({"BTCUSDT": Action.BUY}, confidence="0.8"), execute=False)
    assert CycleRow.objects.get().is_execution is False


def test_the_next_cycle_may_trade_again(platform: Platform) -> None:
    decider = FakeDecider({"BTCUSDT": Action.BUY}, confidence="0.8")
    platform.cycle(decider, execute=False)
    platform.cycle(decider)
    assert DecisionRow.objects.filter(action="BUY").latest("id").status == "EXECUTED"


def test_an_open_position_keeps_its_protection(platform: Platform) -> None:
    platform.cycle(FakeDecider({"BTCUSDT": Action.BUY}, confidence="0.8"))
    platform.cycle(FakeDecider({"BTCUSDT": Action.SELL}, confidence="0.9"), execute=False)
    assert OrderRow.objects.filter(purpose="STOP_LOSS", state="WORKING").count() == 1
    assert PositionRow.objects.get().opened_at is not None
