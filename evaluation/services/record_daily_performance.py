"""Write what a trading day came to (M19). Computed from trades, so doing it again changes nothing but `recorded_at`.

The day is the UTC day for a market that never closes and the exchange's session date for stocks.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from autotrader.lib.runtime import Runtime
from evaluation.domain.daily_figures import DailyFigures, daily_figures
from evaluation.domain.facts import ClosedTrade
from evaluation.models import DailyPerformance
from evaluation.selectors.performance_facts import to_fact
from trading.models import Account, ParameterSet, Trade
from trading.ports import SessionCalendar

CalendarOf = Callable[[str], SessionCalendar]
DAY = timedelta(days=1)


def record_daily_performance(
    *, runtime: Runtime, account: Account, on: date, calendar_of: CalendarOf
) -> DailyPerformance:
    """The row of `on`, made or made new. `calendar_of` gives the calendar of a name such as "24/7" or "XNYS"."""
    figures = daily_figures(_trades_of_day(account, on, calendar_of))
    values = {**_columns(figures), **_parameters_at_end(account, on), "recorded_at": runtime.clock.now()}
    with transaction.atomic():
        row, _ = DailyPerformance.objects.update_or_create(account=account, date=on, defaults=values)
    return row


def record_days(
    *, runtime: Runtime, account: Account, first: date, last: date, calendar_of: CalendarOf
) -> list[DailyPerformance]:
    """The rows of every day from `first` to `last`, both included. Days on which no market was open have none."""
    days = [first + DAY * number for number in range((last - first).days + 1)]
    calendars = _calendars(account, calendar_of)
    return [
        record_daily_performance(runtime=runtime, account=account, on=day, calendar_of=calendar_of)
        for day in days
        if any(_is_trading_day(calendar, day) for calendar in calendars)
    ]


def _trades_of_day(account: Account, on: date, calendar_of: CalendarOf) -> list[ClosedTrade]:
    """A session date is never more than a day away from the UTC date, so three UTC days hold all candidates."""
    midnight = datetime.combine(on, time(), tzinfo=UTC)
    rows = (
        Trade.objects.filter(account=account, closed_at__gte=midnight - DAY, closed_at__lt=midnight + 2 * DAY)
        .select_related("instrument")
        .order_by("closed_at", "id")
    )
    return [to_fact(row) for row in rows if calendar_of(row.instrument.calendar).session_date(row.closed_at) == on]


def _columns(figures: DailyFigures) -> dict[str, Any]:
    return {name: getattr(figures, name) for name in DailyFigures.__dataclass_fields__}


def _parameters_at_end(account: Account, on: date) -> dict[str, Any]:
    """The parameter set that was last activated before the day ended."""
    midnight_after = datetime.combine(on + DAY, time(), tzinfo=UTC)
    last = (
        ParameterSet.objects.filter(account=account, activated_at__lt=midnight_after)
        .order_by("-activated_at", "-id")
        .first()
    )
    if last is None:
        return {"parameter_set_id": "", "parameters": {}}
    return {"parameter_set_id": last.id, "parameters": last.values}


def _calendars(account: Account, calendar_of: CalendarOf) -> list[SessionCalendar]:
    """The calendars of what the account has traded; the clock's own days when it has traded nothing."""
    names = set(Trade.objects.filter(account=account).values_list("instrument__calendar", flat=True)) or {"24/7"}
    return [calendar_of(name) for name in sorted(names)]


def _is_trading_day(calendar: SessionCalendar, day: date) -> bool:
    """Whether a session of `day` exists: asked at every half hour, which no session is shorter than."""
    midnight = datetime.combine(day, time(), tzinfo=UTC)
    moments = (midnight + timedelta(minutes=30) * step for step in range(48))
    return any(calendar.is_open(moment) and calendar.session_date(moment) == day for moment in moments)
