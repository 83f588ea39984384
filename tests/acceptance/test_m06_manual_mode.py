"""M06: with AUTONOMOUS_MODE=false the loop still analyses; each trade waits for a person and expires when stale."""

import dataclasses
import threading
from datetime import timedelta
from decimal import Decimal

import orjson
import pytest
from django.db import connection

from ai.models import DecisionPhase, DecisionRow
from autotrader.lib.errors import AutotraderError, Conflict, NotFound
from tests.ai.fakes import FakeDecider
from tests.ai.platform import Platform, make_platform
from trading.domain.decision import Action
from trading.models import AuditLine, FillRow, Intent, LiveEvent, OrderRow, PaperOrder
from trading.services.approve_intent import approve_intent
from trading.services.expire_intents import expire_intents
from trading.services.reject_intent import reject_intent
from trading.services.set_autonomous_mode import set_autonomous_mode

pytestmark = pytest.mark.django_db(transaction=True)
BUY = {"BTCUSDT": Action.BUY}


@pytest.fixture
def platform(settings, tmp_path) -> Platform:
    settings.VAR_DIR = tmp_path
    settings.AUTOTRADER = dataclasses.replace(settings.AUTOTRADER, autonomous_mode=False, approval_ttl_seconds=300)
    platform = make_platform()
    platform.cycle(FakeDecider(BUY, confidence="0.8"))
    return platform


@pytest.fixture
def waiting(platform) -> Intent:
    return Intent.objects.get()


def hold_a_cycle(platform: Platform) -> None:
    platform.cycle(FakeDecider({}))


def step(kind: str, intent: Intent) -> dict:
    line = AuditLine.objects.get(kind=kind, subject_id=intent.pk)
    return orjson.loads(line.body)["body"]


def test_the_loop_analyses_and_the_trade_waits(platform, waiting):
    row = DecisionRow.objects.get(action="BUY")
    assert (waiting.state, row.status) == ("AWAITING_APPROVAL", "AWAITING_APPROVAL")
    assert DecisionPhase.objects.filter(decision=row).count() == 4
    assert waiting.expires_at - waiting.created_at == timedelta(seconds=300)
    assert not OrderRow.objects.exists()
    assert not PaperOrder.objects.exists()


def test_an_approved_trade_is_sent_once_with_who_when_and_why(platform, waiting):
    approve_intent(runtime=platform.runtime, intent_id=waiting.pk, by="ana", reason="I agree")
    hold_a_cycle(platform)
    waiting.refresh_from_db()
    assert waiting.approved_by == "ana"
    assert waiting.approved_at is not None
    body = step("intent_approved", waiting)
    assert (body["by"], body["reason"], body["status"]) == ("ana", "I agree", "APPROVED")
    approvals = LiveEvent.objects.filter(topic="approval", payload__state="APPROVED")
    assert approvals.get().payload["by"] == "ana"


def test_an_approved_trade_is_bought_and_protected(platform, waiting):
    approve_intent(runtime=platform.runtime, intent_id=waiting.pk, by="ana")
    platform.parts.executor.pump()
    entry = OrderRow.objects.get(purpose="ENTRY")
    assert entry.state == "FILLED"
    assert entry.quantity == waiting.quantity
    assert OrderRow.objects.filter(purpose="STOP_LOSS", state="WORKING").count() == 1
    hold_a_cycle(platform)
    assert DecisionRow.objects.get(action="BUY").status == "EXECUTED"


def test_nothing_moves_without_an_approval(platform, waiting):
    for _ in range(4):
        hold_a_cycle(platform)
    assert not OrderRow.objects.exists()
    assert not FillRow.objects.exists()


def test_a_rejected_trade_is_never_sent_and_says_who_and_why(platform, waiting):
    reject_intent(runtime=platform.runtime, intent_id=waiting.pk, by="ben", reason="news at noon")
    hold_a_cycle(platform)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == ("DENIED", "rejected by ben: news at noon")
    assert step("intent_denied", waiting)["by"] == "ben"
    assert DecisionRow.objects.get(action="BUY").status == "DENIED"
    assert not OrderRow.objects.exists()


def test_a_stale_trade_expires_by_itself(platform, waiting):
    for _ in range(6):
        hold_a_cycle(platform)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == ("EXPIRED", "nobody approved it in time")
    assert DecisionRow.objects.get(action="BUY").status == "EXPIRED"
    assert step("intent_expired", waiting)["by"] == "platform"


def test_an_approval_a_moment_too_late_is_refused_and_ends_the_trade(platform, waiting):
    platform.clock.move_to(waiting.expires_at)
    with pytest.raises(Conflict, match="too late"):
        approve_intent(runtime=platform.runtime, intent_id=waiting.pk, by="ana")
    waiting.refresh_from_db()
    assert waiting.state == "EXPIRED"
    platform.parts.executor.pump()
    assert not OrderRow.objects.exists()


def test_an_approval_at_the_last_moment_leaves_time_to_send(platform, waiting):
    platform.clock.move_to(waiting.expires_at - timedelta(seconds=1))
    approved = approve_intent(runtime=platform.runtime, intent_id=waiting.pk, by="ana")
    assert approved.expires_at == platform.clock.now() + timedelta(seconds=30)


@pytest.mark.parametrize("field", ["quantity", "limit_price", "stop_loss", "take_profit", "reference_price"])
def test_a_plan_that_was_changed_since_the_risk_check_is_refused(platform, waiting, field):
    Intent.objects.filter(pk=waiting.pk).update(**{field: getattr(waiting, field) + Decimal("0.01")})
    with pytest.raises(Conflict, match="changed since"):
        approve_intent(runtime=platform.runtime, intent_id=waiting.pk, by="ana")
    waiting.refresh_from_db()
    assert waiting.state == "FAILED"
    platform.parts.executor.pump()
    assert not OrderRow.objects.exists()


def test_a_decision_is_taken_once(platform, waiting):
    approve_intent(runtime=platform.runtime, intent_id=waiting.pk, by="ana")
    for act in (approve_intent, reject_intent):
        with pytest.raises(Conflict, match="it is APPROVED"):
            act(runtime=platform.runtime, intent_id=waiting.pk, by="ben")
    with pytest.raises(NotFound):
        approve_intent(runtime=platform.runtime, intent_id="nope", by="ana")


def test_many_clicks_at_once_are_one_decision(platform, waiting):
    outcomes: list[str] = []

    def click(by: str) -> None:
        act = approve_intent if by < "d" else reject_intent
        try:
            outcomes.append(act(runtime=platform.runtime, intent_id=waiting.pk, by=by).state)
        except AutotraderError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=(name,)) for name in "abcdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[-5:] == ["conflict"] * 5
    assert AuditLine.objects.filter(subject_id=waiting.pk).count() == 2


def test_nothing_expires_when_nothing_waits(platform, waiting, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert expire_intents(runtime=platform.runtime, account=platform.account) == []


def test_one_account_can_be_switched_to_ask_while_the_platform_is_autonomous(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    platform = make_platform()
    set_autonomous_mode(runtime=platform.runtime, account=platform.account, is_autonomous=False, by="ana")
    platform.cycle(FakeDecider(BUY, confidence="0.8"))
    assert Intent.objects.get().state == "AWAITING_APPROVAL"
