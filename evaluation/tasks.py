"""The evaluation floor's door for the queue."""

from celery import shared_task
from celery.utils.log import get_task_logger

from autotrader.lib.runtime import system_runtime
from evaluation.services.evaluate_day import evaluate_day
from trading.adapters.calendars import calendar_for
from trading.domain.trading_state import Environment
from trading.models import Account

logger = get_task_logger(__name__)


@shared_task(name="evaluation.tasks.evaluate_accounts", ignore_result=True)
def evaluate_accounts() -> None:
    """Record the days of every account that trades now, and adapt its ATR threshold. Harmless when doubled."""
    runtime = system_runtime()
    for account in Account.objects.exclude(environment=Environment.REPLAY).order_by("id"):
        done = evaluate_day(runtime=runtime, account=account, calendar_of=calendar_for)
        for adaptation in done.adaptations:
            logger.info("account %s, ATR threshold: %s", account.name, adaptation.reason)
