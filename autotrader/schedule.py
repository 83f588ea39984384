"""What beat knocks at besides the trading loop. Late and doubled knocks do no harm: tasks look for what is to do."""

from dataclasses import dataclass

from django.db import transaction
from django_celery_beat.models import CrontabSchedule, PeriodicTask, PeriodicTasks


@dataclass(frozen=True)
class Knock:
    """A task and the minute of every hour at which it is asked for."""

    name: str
    task: str
    queue: str
    minute: str


# Days end at different moments for coins and stocks, so finished days are looked for every hour.
HOURLY = (
    Knock("evaluation of the days that are over", "evaluation.tasks.evaluate_accounts", "evaluation", "7"),
    Knock("forgetting of old live events", "trading.tasks.prune_live_events", "default", "23"),
)


def ensure_hourly_schedule() -> None:
    """Make the entries or bring them up to date; entries an operator switched off stay off."""
    with transaction.atomic():
        for knock in HOURLY:
            _ensure(knock)
    PeriodicTasks.update_changed()


def _ensure(knock: Knock) -> None:
    times = {"hour": "*", "day_of_week": "*", "day_of_month": "*", "month_of_year": "*", "timezone": "UTC"}
    hourly = CrontabSchedule.objects.filter(minute=knock.minute, **times).first()
    hourly = hourly or CrontabSchedule.objects.create(minute=knock.minute, **times)
    PeriodicTask.objects.update_or_create(
        name=knock.name,
        defaults={"task": knock.task, "crontab": hourly, "queue": knock.queue},
    )
