"""Parameter sets: proposed with a reason, one active, any earlier one a step away, history never edited."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from autotrader.lib.errors import BadInput, Conflict, NotFound
from trading.models import ParameterSet
from trading.services.activate_parameters import activate_parameters
from trading.services.propose_parameters import propose_parameters
from trading.services.reject_parameters import reject_parameters
from trading.services.revert_parameters import revert_parameters

pytestmark = pytest.mark.django_db


@pytest.fixture
def propose(account, runtime):
    def propose(**changes):
        return propose_parameters(
            runtime=runtime, account=account, strategy="rules-v1", changes=changes, reason="few trades", by="ana"
        )

    return propose


def active(account):
    return ParameterSet.objects.get(account=account, status="active")


def test_a_proposal_is_a_child_with_its_reason_and_changes_nothing_yet(account, propose):
    first = active(account)
    proposal = propose(atr_threshold=Decimal("1.2"))
    assert proposal.parent == first
    assert proposal.parameters().atr_threshold == Decimal("1.2")
    assert active(account) == first


def test_evidence_is_kept_exactly(account, runtime):
    proposal = propose_parameters(
        runtime=runtime,
        account=account,
        strategy="rules-v1",
        changes={"atr_threshold": "1.2"},
        reason="r",
        by="ana",
        evidence={"win_rate": Decimal("0.4400")},
    )
    proposal.refresh_from_db()
    assert proposal.evidence == {"win_rate": "0.44"}


@pytest.mark.parametrize(
    "changes", [{"atr_threshold": "99"}, {"magic": "1"}, {"atr_threshold": 1.2}, {"rsi_period": "x"}, {}]
)
def test_a_bad_proposal_is_refused_and_leaves_nothing(account, propose, changes):
    with pytest.raises(BadInput):
        propose(**changes)
    assert ParameterSet.objects.count() == 1


def test_a_proposal_needs_a_reason_and_a_strategy_that_runs(account, runtime):
    with pytest.raises(BadInput, match="reason"):
        propose_parameters(runtime=runtime, account=account, strategy="rules-v1", changes={}, reason=" ", by="ana")
    with pytest.raises(NotFound, match="macd"):
        propose_parameters(runtime=runtime, account=account, strategy="macd", changes={}, reason="x", by="ana")


def test_activation_retires_the_set_before_it(account, runtime, propose, audit_kinds, events_of):
    first = active(account)
    proposal = propose(atr_threshold="1.2")
    activate_parameters(runtime=runtime, parameter_set_id=proposal.id, by="ben")
    first.refresh_from_db()
    assert first.status == "retired"
    assert active(account).id == proposal.id
    assert active(account).activated_by == "ben"
    assert audit_kinds() == ["account_opened", "parameters_proposed", "parameters_activated"]
    assert [event["step"] for event in events_of("parameters")] == ["proposed", "activated"]


def test_only_a_proposal_can_be_activated_and_only_once(account, runtime, propose):
    proposal = propose(atr_threshold="1.2")
    activate_parameters(runtime=runtime, parameter_set_id=proposal.id, by="ben")
    with pytest.raises(Conflict, match="is active"):
        activate_parameters(runtime=runtime, parameter_set_id=proposal.id, by="ben")
    with pytest.raises(NotFound):
        activate_parameters(runtime=runtime, parameter_set_id="nope", by="ben")


def test_a_rejected_proposal_stays_in_the_history(account, runtime, propose):
    proposal = reject_parameters(runtime=runtime, parameter_set_id=propose(atr_threshold="1.2").id, by="ben")
    assert proposal.status == "rejected"
    with pytest.raises(Conflict, match="rejected"):
        activate_parameters(runtime=runtime, parameter_set_id=proposal.id, by="ben")
    with pytest.raises(Conflict):
        reject_parameters(runtime=runtime, parameter_set_id=proposal.id, by="ben")


def test_going_back_makes_a_child_with_the_old_values(account, runtime, propose):
    first = active(account)
    second = activate_parameters(runtime=runtime, parameter_set_id=propose(atr_threshold="1.2").id, by="ben")
    back = revert_parameters(runtime=runtime, parameter_set_id=first.id, by="ben", reason="worse")
    assert active(account).id == back.id
    assert (back.parent_id, back.values, back.evidence) == (second.id, first.values, {"reverted_to": first.id})
    first.refresh_from_db()
    assert (first.status, first.activated_by) == ("retired", "set-up")


def test_only_a_retired_set_can_be_gone_back_to(account, runtime, propose):
    with pytest.raises(Conflict, match="is active"):
        revert_parameters(runtime=runtime, parameter_set_id=active(account).id, by="ben")
    with pytest.raises(Conflict, match="is proposed"):
        revert_parameters(runtime=runtime, parameter_set_id=propose(atr_threshold="1.2").id, by="ben")


def test_the_database_refuses_a_second_active_set(account, propose):
    proposal = propose(atr_threshold="1.2")
    with pytest.raises(IntegrityError), transaction.atomic():
        ParameterSet.objects.filter(pk=proposal.id).update(status="active")
