"""The admin site shows all history, edits none of it, and decides on parameter sets through the services."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from trading import models
from trading.models import AuditLine, ParameterSet
from trading.services.activate_parameters import activate_parameters
from trading.services.propose_parameters import propose_parameters

pytestmark = pytest.mark.django_db
REGISTERED = [model for model in admin.site._registry if model._meta.app_label == "trading"]
MONEY = [models.OrderRow, models.FillRow, models.Trade, models.PositionRow, models.LedgerTransaction, models.AuditLine]
CHANGELIST = "admin:trading_parameterset_changelist"


@pytest.fixture
def root(client):
    client.force_login(User.objects.create_superuser("root"))
    return client


@pytest.fixture
def proposal(account, runtime):
    return propose_parameters(
        runtime=runtime,
        account=account,
        strategy="rules-v1",
        changes={"atr_threshold": "1.2"},
        reason="few trades",
        by="ana",
    )


def do(client, action, *sets):
    data = {"action": action, "_selected_action": [item.pk for item in sets]}
    response = client.post(reverse(CHANGELIST), data, follow=True)
    return " ".join(str(message) for message in response.context["messages"])


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model.__name__)
def test_every_table_can_be_looked_at_and_none_added_to(root, account, model):
    name = model._meta.model_name
    assert root.get(reverse(f"admin:trading_{name}_changelist")).status_code == 200
    assert root.get(reverse(f"admin:trading_{name}_add")).status_code == 403


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model.__name__)
def test_no_row_can_be_changed_or_deleted_even_by_a_superuser(root, account, proposal, model):
    row = model.objects.first()
    if row is None:
        row_id = "1"
    else:
        row_id = row.pk
        before = model.objects.filter(pk=row_id).values().get()
    for act in ("change", "delete"):
        url = reverse(f"admin:trading_{model._meta.model_name}_{act}", args=[row_id])
        assert root.post(url, {"post": "yes"}).status_code in (302 if row is None else 403, 403)
    if row is not None:
        assert root.get(reverse(f"admin:trading_{model._meta.model_name}_change", args=[row_id])).status_code == 200
        assert model.objects.filter(pk=row_id).values().get() == before


def test_the_money_tables_are_among_them():
    assert set(MONEY) <= set(REGISTERED)


def test_a_proposal_is_approved_in_one_action_with_who(root, account, proposal):
    assert "is active now" in do(root, "approve_and_activate", proposal)
    proposal.refresh_from_db()
    assert (proposal.status, proposal.activated_by) == ("active", "root")
    assert AuditLine.objects.last().kind == "parameters_activated"


def test_a_proposal_is_rejected(root, account, proposal):
    assert "is rejected" in do(root, "reject", proposal)
    proposal.refresh_from_db()
    assert proposal.status == "rejected"


def test_an_earlier_set_comes_back_as_a_copy(root, account, proposal, runtime):
    first = ParameterSet.objects.get(status="active")
    activate_parameters(runtime=runtime, parameter_set_id=proposal.pk, by="ana")
    assert "a copy" in do(root, "revert_to", first)
    assert ParameterSet.objects.get(status="active").evidence == {"reverted_to": first.pk}


def test_what_does_not_fit_is_said_and_changes_nothing(root, account, proposal):
    first = ParameterSet.objects.get(status="active")
    assert "only a retired one" in do(root, "revert_to", first)
    assert "exactly one" in do(root, "approve_and_activate", first, proposal)
    assert ParameterSet.objects.get(status="active") == first


def test_somebody_who_may_only_look_cannot_decide(client, account, proposal):
    viewer = User.objects.create_user("vera", is_staff=True)
    viewer.user_permissions.add(*Permission.objects.filter(codename__in=["view_parameterset", "change_parameterset"]))
    client.force_login(viewer)
    assert "Approve and activate" not in client.get(reverse(CHANGELIST)).content.decode()
    do(client, "approve_and_activate", proposal)
    proposal.refresh_from_db()
    assert proposal.status == "proposed"


def test_somebody_with_the_right_may_decide_and_still_not_edit(client, account, proposal):
    operator = User.objects.create_user("olga", is_staff=True)
    operator.user_permissions.add(*Permission.objects.filter(codename__endswith="_parameterset"))
    client.force_login(operator)
    assert "is active now" in do(client, "approve_and_activate", proposal)
    url = reverse("admin:trading_parameterset_change", args=[proposal.pk])
    assert client.post(url, {"reason": "x"}).status_code == 403
