"""The loop from the command line, on the simulated market."""

from io import StringIO
from typing import Any

import orjson
import pytest
from django.core.management import CommandError, call_command
from django_celery_beat.models import PeriodicTask

from ai.models import CycleRow, DecisionRow
from tests.ai.fakes import make_account
from trading.models import Account, AccountControl, Lease, OrderRow

pytestmark = pytest.mark.django_db(transaction=True)


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_the_first_cycle_opens_the_default_account_and_decides() -> None:
    text = run("run_cycle")
    assert Account.objects.get().name == "paper-simulated"
    assert Account.objects.get().market_label == "SIMULATED"
    assert "10 instruments analysed" in text
    assert DecisionRow.objects.count() == 10


def test_a_cycle_as_json() -> None:
    result = orjson.loads(run("run_cycle", "--json", "--analyse-only"))
    assert result["state"] == "DONE"
    assert {item["symbol"] for item in result["decisions"]} >= {"BTCUSDT", "ETHUSDT"}
    assert not CycleRow.objects.get().is_execution
    assert OrderRow.objects.count() == 0


def test_the_command_lets_go_of_the_gateways_lease() -> None:
    run("run_cycle")
    run("run_cycle")
    assert CycleRow.objects.filter(state="DONE").count() == 2
    assert Lease.objects.count() <= 1


def test_stop_and_start_are_kept_in_the_row() -> None:
    make_account(name="mine")
    assert "is off" in run("stop_loop", "--account", "mine")
    assert not AccountControl.objects.get().is_enabled
    assert "loop is off" in run("loop_status", "--account", "mine")
    assert "is on" in run("start_loop", "--account", "mine")
    assert AccountControl.objects.get().is_enabled
    assert PeriodicTask.objects.filter(task="ai.tasks.run_cycle_slot").count() == 1


def test_status_as_json_has_the_keys_of_the_api() -> None:
    make_account(name="mine")
    status = orjson.loads(run("loop_status", "--json"))
    assert set(status) == {
        "enabled",
        "mode",
        "is_running",
        "trades_executed",
        "last_decision_time",
        "current_confidence",
        "active_positions",
        "loop_iterations",
    }


@pytest.mark.parametrize("command", ["run_cycle", "start_loop", "stop_loop", "loop_status"])
def test_an_unknown_account_is_one_clear_line(command: str) -> None:
    make_account(name="mine")
    with pytest.raises(CommandError, match="there is no account 'yours'; there are: mine"):
        run(command, "--account", "yours")
    assert Account.objects.count() == 1


def test_a_cycle_that_is_going_on_is_said(settings: Any) -> None:
    from ai.services.claim_slot import claim_slot
    from autotrader.lib.runtime import system_runtime

    run("run_cycle")
    account = Account.objects.get()
    runtime = system_runtime()
    claim_slot(runtime=runtime, account=account, slot=runtime.clock.now(), is_execution=True, parameter_set_id="P")
    assert "still running" in run("run_cycle")
