"""Beat's entries are made once, brought up to date, and an operator's off switch stays."""

import pytest
from django.core.management import call_command
from django.utils.module_loading import import_string
from django_celery_beat.models import PeriodicTask

from autotrader.schedule import HOURLY, ensure_hourly_schedule
from trading.models import Account

pytestmark = pytest.mark.django_db


def test_the_entries_are_made_once() -> None:
    ensure_hourly_schedule()
    ensure_hourly_schedule()
    assert PeriodicTask.objects.count() == len(HOURLY)
    assert {task.crontab.minute for task in PeriodicTask.objects.all()} == {knock.minute for knock in HOURLY}


@pytest.mark.parametrize("knock", HOURLY, ids=lambda knock: knock.task)
def test_every_entry_names_a_task_that_exists(knock: object) -> None:
    assert import_string(knock.task).name == knock.task


def test_an_entry_that_was_switched_off_stays_off() -> None:
    ensure_hourly_schedule()
    PeriodicTask.objects.update(enabled=False)
    ensure_hourly_schedule()
    assert not PeriodicTask.objects.filter(enabled=True).exists()


def test_prepare_makes_account_and_schedule_and_may_be_repeated() -> None:
    call_command("prepare", verbosity=0)
    call_command("prepare", verbosity=0)
    assert Account.objects.count() == 1
    assert PeriodicTask.objects.filter(task="ai.tasks.run_cycle_slot").count() == 1
