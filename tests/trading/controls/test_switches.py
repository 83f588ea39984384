"""Switches: who turned what and why is kept, and the red button works even when the database does not."""

import io

import orjson
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError

from autotrader.lib.errors import BadInput, NotFound
from trading.domain.trading_state import TradingState
from trading.models import AccountControl, AuditLine
from trading.selectors.trading_state import effective_state, halt_file_path
from trading.services import change_control as change_control_module
from trading.services.emergency_stop import emergency_stop
from trading.services.halt_file import drop_halt_file, remove_halt_file
from trading.services.set_autonomous_mode import set_autonomous_mode
from trading.services.set_loop_enabled import set_loop_enabled
from trading.services.set_trading_state import set_trading_state

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken_database(monkeypatch):
    def broken(**kwargs):
        raise DatabaseError("the disk is gone")

    monkeypatch.setattr(change_control_module.AccountControl.objects, "select_for_update", broken)


def test_a_halt_is_kept_with_who_and_why(account, runtime, audit_kinds, events_of):
    set_trading_state(runtime=runtime, account=account, state=TradingState.HALTED, reason="odd fills", by="ana")
    control = AccountControl.objects.get()
    assert (control.trading_state, control.state_reason, control.changed_by) == ("HALTED", "odd fills", "ana")
    assert effective_state(account.id) is TradingState.HALTED
    body = orjson.loads(AuditLine.objects.last().body)["body"]
    assert body["before"]["trading_state"] == "ACTIVE"
    assert body["after"] == {"trading_state": "HALTED", "state_reason": "odd fills"}
    assert events_of("control")[-1]["trading_state"] == "HALTED"


def test_the_same_switch_twice_is_one_change(account, runtime, audit_kinds):
    for _ in range(2):
        set_loop_enabled(runtime=runtime, account=account, is_enabled=False, by="ana")
    assert audit_kinds() == ["account_opened", "loop_switch"]
    assert not AccountControl.objects.get().is_enabled


def test_the_loop_switch_leaves_the_kill_switch_alone(account, runtime):
    set_trading_state(runtime=runtime, account=account, state="REDUCING", reason="loss", by="limits")
    set_loop_enabled(runtime=runtime, account=account, is_enabled=False, by="ana")
    set_loop_enabled(runtime=runtime, account=account, is_enabled=True, by="ana")
    assert effective_state(account.id) is TradingState.REDUCING


@pytest.mark.parametrize(("state", "reason"), [("OPEN", "x"), ("HALTED", " ")])
def test_an_unknown_state_or_no_reason_is_refused(account, runtime, state, reason):
    with pytest.raises(BadInput):
        set_trading_state(runtime=runtime, account=account, state=state, reason=reason, by="ana")
    assert AccountControl.objects.get().trading_state == "ACTIVE"


def test_a_very_long_reason_is_cut_and_does_not_stop_a_halt(account, runtime):
    set_trading_state(runtime=runtime, account=account, state="HALTED", reason="x" * 1000, by="ana")
    assert len(AccountControl.objects.get().state_reason) == 300


def test_an_account_without_switches_is_named(account, runtime):
    AccountControl.objects.all().delete()
    with pytest.raises(NotFound, match="paper"):
        set_loop_enabled(runtime=runtime, account=account, is_enabled=True, by="ana")


def test_autonomous_mode_is_kept(account, runtime, audit_kinds):
    set_autonomous_mode(runtime=runtime, account=account, is_autonomous=False, by="ana")
    assert not AccountControl.objects.get().is_autonomous
    assert audit_kinds()[-1] == "autonomous_mode"


def test_the_emergency_stop_halts_and_stops_the_loop_in_one_step(account, runtime, audit_kinds):
    emergency_stop(runtime=runtime, account=account, reason="", by="ana")
    control = AccountControl.objects.get()
    assert (control.trading_state, control.is_enabled) == ("HALTED", False)
    assert audit_kinds()[-1] == "emergency_stop"


def test_the_emergency_stop_falls_back_to_the_file(account, runtime, broken_database):
    with pytest.raises(DatabaseError):
        emergency_stop(runtime=runtime, account=account, reason="fire", by="ana")
    assert "fire" in halt_file_path().read_text()
    assert effective_state(account.id) is TradingState.HALTED


def test_the_file_keeps_every_reason_and_goes_away_once(account, runtime):
    drop_halt_file(runtime=runtime, reason="one", by="ana")
    drop_halt_file(runtime=runtime, reason="two", by="ben")
    assert halt_file_path().read_text() == "2026-01-05T12:00:00Z ana: one\n2026-01-05T12:00:00Z ben: two\n"
    assert remove_halt_file()
    assert not remove_halt_file()


def test_halt_and_resume_from_the_command_line(account):
    out = io.StringIO()
    call_command("halt", "--reason", "lunch", stdout=out)
    assert halt_file_path().exists()
    assert AccountControl.objects.get().trading_state == "HALTED"
    call_command("resume", stdout=out)
    assert effective_state(account.id) is TradingState.ACTIVE
    assert "paper: ACTIVE." in out.getvalue()


def test_halting_one_account_leaves_the_others(account):
    call_command("halt", "--account", "paper", stdout=io.StringIO())
    assert not halt_file_path().exists()
    assert effective_state(account.id) is TradingState.HALTED


def test_resuming_one_account_says_what_still_stops_it(account):
    out = io.StringIO()
    call_command("halt", stdout=out)
    call_command("resume", "--account", "paper", stdout=out)
    assert "still stopped: the file" in out.getvalue()
    assert effective_state(account.id) is TradingState.HALTED


def test_halt_works_with_the_database_down(account, broken_database):
    err = io.StringIO()
    call_command("halt", "--account", "paper", stdout=io.StringIO(), stderr=err)
    assert halt_file_path().exists()
    assert "the disk is gone" in err.getvalue()


def test_an_unknown_account_is_named_with_those_there_are(account):
    with pytest.raises(CommandError, match="'papre'; accounts are: paper"):
        call_command("halt", "--account", "papre")
