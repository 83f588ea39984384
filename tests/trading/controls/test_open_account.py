"""An account opens once, whole, and is found again by its name."""

import dataclasses
from decimal import Decimal

import orjson
import pytest

from autotrader.lib.errors import BadInput, Conflict
from trading.models import Account, AccountControl, AuditLine, Balance, LedgerEntry, LedgerTransaction, ParameterSet
from trading.services.open_account import open_account

pytestmark = pytest.mark.django_db


def reopen(runtime, **changes):
    values = {"name": "paper", "venue": "paper", "environment": "paper", "quote_asset": "USDT", "cash": Decimal(10000)}
    return open_account(runtime=runtime, **{**values, **changes})


def test_it_has_switches_parameters_money_and_an_audit_line(account):
    assert AccountControl.objects.get(account=account).trading_state == "ACTIVE"
    assert Balance.objects.get(account=account, asset="USDT").total == 10000
    assert ParameterSet.objects.get(account=account).status == "active"
    line = orjson.loads(AuditLine.objects.get().body)
    assert line["type"] == "account_opened"
    assert line["body"]["cash"] == "10000"


def test_its_deposit_is_double_entry(account):
    entries = {entry.book: entry.amount for entry in LedgerEntry.objects.filter(transaction__account=account)}
    assert entries == {"capital": Decimal(-10000), "wallet": Decimal(10000)}


def test_opening_it_again_changes_nothing(account, runtime):
    assert reopen(runtime, cash=Decimal(5)) == account
    assert LedgerTransaction.objects.count() == 1
    assert AuditLine.objects.count() == 1
    assert Account.objects.get().starting_cash == 10000


def test_the_same_name_elsewhere_is_refused(account, runtime):
    with pytest.raises(Conflict, match="environment 'paper', not 'live'"):
        reopen(runtime, environment="live")


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "},
        {"name": "x" * 65},
        {"environment": "moon"},
        {"quote_asset": "usdt"},
        {"cash": Decimal(-1)},
        {"cash": Decimal("NaN")},
    ],
)
def test_bad_input_is_refused_and_leaves_nothing(runtime, changes, var_dir):
    with pytest.raises(BadInput, match="accepted"):
        reopen(runtime, **changes)
    assert not Account.objects.exists()


def test_the_first_parameters_are_those_of_the_environment(runtime, settings, var_dir):
    settings.AUTOTRADER = dataclasses.replace(settings.AUTOTRADER, stop_loss_fraction=Decimal("0.04"))
    account = reopen(runtime, name="other")
    assert ParameterSet.objects.get(account=account).parameters().stop_loss_fraction == Decimal("0.04")
    assert ParameterSet.objects.get(account=account).values["stop_loss_fraction"] == "0.04"
