"""The kill switch has three inputs; any one stops, and one that cannot be read stops too."""

import dataclasses
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError

from trading.domain.trading_state import TradingState
from trading.models import Account, AccountControl
from trading.selectors import trading_state
from trading.selectors.trading_state import effective_state, halt_file_path, needs_approval, state_inputs

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


@pytest.fixture
def account(var_dir):
    account = Account.objects.create(
        name="a", venue="paper", environment="paper", quote_asset="USDT", starting_cash=Decimal(1), created_at=NOW
    )
    AccountControl.objects.create(account=account, changed_at=NOW)
    return account


def test_nothing_stopped_means_active(account):
    assert effective_state(account.id) is TradingState.ACTIVE


@pytest.mark.parametrize("state", list(TradingState))
def test_the_account_s_row_is_obeyed(account, state):
    AccountControl.objects.update(trading_state=state)
    assert effective_state(account.id) is state


def test_the_file_stops_whatever_the_row_says(account):
    halt_file_path().touch()
    assert effective_state(account.id) is TradingState.HALTED


def test_a_dangling_link_in_place_of_the_file_stops_too(account):
    halt_file_path().symlink_to("nowhere")
    assert effective_state(account.id) is TradingState.HALTED


def test_the_environment_stops_whatever_the_row_says(account, settings):
    settings.AUTOTRADER = dataclasses.replace(settings.AUTOTRADER, trading_halt=True)
    assert effective_state(account.id) is TradingState.HALTED


def test_the_strictest_input_wins(account):
    AccountControl.objects.update(trading_state="REDUCING")
    assert effective_state(account.id) is TradingState.REDUCING
    halt_file_path().touch()
    assert effective_state(account.id) is TradingState.HALTED


def test_an_account_without_a_control_row_is_halted(account):
    assert effective_state(account.id + 1) is TradingState.HALTED


def test_a_state_nobody_knows_is_halted(account):
    AccountControl.objects.update(trading_state="?")
    assert effective_state(account.id) is TradingState.HALTED


def test_a_vanished_directory_is_halted(account, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "gone"
    assert effective_state(account.id) is TradingState.HALTED


def test_a_directory_that_cannot_be_looked_into_is_halted(account, settings, tmp_path):
    (tmp_path / "file").touch()
    settings.VAR_DIR = tmp_path / "file"
    assert effective_state(account.id) is TradingState.HALTED


def test_a_database_that_cannot_be_read_is_halted(account, monkeypatch):
    def broken(statement, values):
        raise DatabaseError("gone")

    monkeypatch.setattr(trading_state, "fetch", broken)
    assert effective_state(account.id) is TradingState.HALTED


def test_every_input_says_why(account):
    AccountControl.objects.update(trading_state="HALTED", state_reason="lunch")
    halt_file_path().touch()
    reasons = {item.source: item.reason for item in state_inputs(account.id)}
    assert reasons["account"] == "lunch"
    assert "HALT" in reasons["file"]
    assert reasons["environment"] == ""


@pytest.mark.parametrize(
    ("environment", "row", "needed"), [(True, True, False), (True, False, True), (False, True, True)]
)
def test_either_switch_makes_trades_wait_for_a_person(account, settings, environment, row, needed):
    settings.AUTOTRADER = dataclasses.replace(settings.AUTOTRADER, autonomous_mode=environment)
    AccountControl.objects.update(is_autonomous=row)
    assert needs_approval(account.id) is needed


def test_an_unknown_account_needs_approval(account):
    assert needs_approval(account.id + 1)
