"""Beat's entry and Celery's door."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings as django_settings
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from ai import bootstrap
from ai.engine import Engine
from ai.services.ensure_schedule import ensure_schedule
from ai.tasks import run_cycle_slot
from autotrader.celery import app
from autotrader.lib.runtime import system_runtime
from tests.ai.fakes import FakeDecider, FakeExecutor, FakeMarket, make_account
from trading.models import Account

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_account_has_one_entry_however_often_it_is_asked_for() -> None:
    account = make_account()
    first, second = ensure_schedule(account=account), ensure_schedule(account=account)
    assert first.pk == second.pk
    assert json.loads(first.args) == [account.pk]
    assert (first.interval.every, first.interval.period) == (60, "seconds")
    assert first.queue == "cycle"


def test_another_interval_changes_the_entry(settings: Any) -> None:
    account = make_account()
    ensure_schedule(account=account)
    settings.AUTOTRADER = replace(django_settings.AUTOTRADER, check_interval_seconds=15)
    ensure_schedule(account=account)
    assert PeriodicTask.objects.get(task="ai.tasks.run_cycle_slot").interval.every == 15


def test_a_market_in_fast_motion_is_knocked_at_more_often(settings: Any) -> None:
    settings.AUTOTRADER = replace(django_settings.AUTOTRADER, simulation_speed=600)
    entry = ensure_schedule(account=make_account())
    assert (entry.interval.every, entry.interval.period) == (100_000, IntervalSchedule.MICROSECONDS)


def test_the_task_is_known_under_the_name_of_the_entry() -> None:
    app.loader.import_default_modules()
    assert "ai.tasks.run_cycle_slot" in app.tasks


def test_a_task_delivered_twice_runs_its_slot_once(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.AUTOTRADER = replace(django_settings.AUTOTRADER, check_interval_seconds=86400)
    account = make_account()
    engine = Engine(system_runtime(), account, FakeMarket(), FakeDecider(), FakeExecutor())
    monkeypatch.setitem(bootstrap._engines, account.pk, engine)
    assert [run_cycle_slot(account.pk), run_cycle_slot(account.pk)] == ["DONE", "TAKEN"]


def test_an_account_that_is_not_there_is_an_error() -> None:
    with pytest.raises(Account.DoesNotExist):
        run_cycle_slot(987654)
