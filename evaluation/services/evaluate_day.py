"""The daily evaluation, as far as it goes today: record the days without a final row, then adapt the ATR threshold.

May be called at any time and as often as one likes: days are computed again from their trades.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from autotrader.lib.runtime import Runtime
from evaluation.models import DailyPerformance
from evaluation.services.adapt_atr_threshold import AtrAdaptation, adapt_atr_threshold
from evaluation.services.record_daily_performance import CalendarOf, record_days
from trading.models import Account, ParameterSet


@dataclass(frozen=True, slots=True)
class DayEvaluation:
    """What was written for one account."""

    days: tuple[date, ...]
    adaptations: tuple[AtrAdaptation, ...]


def evaluate_day(*, runtime: Runtime, account: Account, calendar_of: CalendarOf) -> DayEvaluation:
    """Record every day up to today (from the last recorded one on, which may have been unfinished) and adapt."""
    today = runtime.clock.now().date()
    last = DailyPerformance.objects.filter(account=account, date__lte=today).order_by("-date").first()
    opened_on = account.created_at.date()
    first = max(opened_on, last.date - timedelta(days=1)) if last else opened_on
    rows = record_days(runtime=runtime, account=account, first=first, last=today, calendar_of=calendar_of)
    strategies = ParameterSet.objects.filter(account=account, status=ParameterSet.Status.ACTIVE).order_by("strategy")
    names = list(strategies.values_list("strategy", flat=True))
    adaptations = [adapt_atr_threshold(runtime=runtime, account=account, strategy=name) for name in names]
    return DayEvaluation(tuple(row.date for row in rows), tuple(adaptations))
