"""The beat entry that drives an account's loop: one for each account, every CHECK_INTERVAL seconds.

Beat only knocks. Whether the loop is on, and whether the slot was run, is decided by the rows when the task runs.
"""

import json

from django.conf import settings
from django.db import transaction
from django_celery_beat.models import IntervalSchedule, PeriodicTask, PeriodicTasks

from trading.models import Account

TASK = "ai.tasks.run_cycle_slot"
QUEUE = "cycle"
_MICROSECONDS = 1_000_000


def ensure_schedule(*, account: Account) -> PeriodicTask:
    """The entry of `account`, made or brought up to date. Entries of the task for other accounts stay as they are."""
    with transaction.atomic():
        schedule = _schedule()
        task, _ = PeriodicTask.objects.update_or_create(
            name=f"trading loop of {account.name}",
            defaults={
                "task": TASK,
                "args": json.dumps([account.pk]),
                "interval": schedule,
                "queue": QUEUE,
                "enabled": True,
                # A knock that waited longer than a slot would only be turned away.
                "expire_seconds": max(1, settings.AUTOTRADER.check_interval_seconds),
            },
        )
    PeriodicTasks.update_changed()
    return task


def _schedule() -> IntervalSchedule:
    """CHECK_INTERVAL in real time: a simulated market in fast motion has its slots closer together."""
    every = settings.AUTOTRADER.check_interval_seconds * _MICROSECONDS // settings.AUTOTRADER.simulation_speed
    if every % _MICROSECONDS:
        values = {"every": every, "period": IntervalSchedule.MICROSECONDS}
    else:
        values = {"every": every // _MICROSECONDS, "period": IntervalSchedule.SECONDS}
    found = IntervalSchedule.objects.filter(**values).first()
    return found or IntervalSchedule.objects.create(**values)
