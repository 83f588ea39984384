"""Are the bars of an account's instruments fresh? Asked only while their exchange is open."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.db.models import OuterRef, Subquery

from health.domain.check_result import CheckResult, Level
from trading.domain.bar import Interval
from trading.models import Account, BarRow, InstrumentRow
from trading.ports import SessionCalendar

NAME = "market_data"
LATE_AFTER_BARS = 3
NAMED_AT_MOST = 5


def check_data_freshness(
    account: Account, now: datetime, interval: Interval, calendar_for: Callable[[str], SessionCalendar]
) -> CheckResult:
    """DEGRADED when some instruments have no fresh bar, DOWN when none has."""
    universe = list(_universe_with_newest(account, interval))
    late = sorted(row.symbol for row, newest in universe if _is_late(row, newest, now, interval, calendar_for))
    if not universe:
        return CheckResult(NAME, Level.DEGRADED, "no instrument is in the universe")
    if not late:
        return CheckResult(NAME, Level.OK, f"fresh {interval.value} bars of {len(universe)} instruments")
    named = ", ".join(late[:NAMED_AT_MOST]) + (" and others" if len(late) > NAMED_AT_MOST else "")
    level = Level.DOWN if len(late) == len(universe) else Level.DEGRADED
    return CheckResult(NAME, level, f"no fresh bar of {named}")


def _universe_with_newest(account: Account, interval: Interval) -> Iterator[tuple[InstrumentRow, datetime | None]]:
    bars = BarRow.objects.filter(instrument=OuterRef("pk"), interval=interval.value).order_by("-open_time")
    newest = Subquery(bars.values("open_time")[:1])  # one look into the index each; a MAX over the join reads every bar
    rows = InstrumentRow.objects.filter(venue=account.venue, is_in_universe=True).annotate(newest=newest)
    for row in rows.order_by("id"):
        yield row, row.newest


def _is_late(
    row: InstrumentRow,
    newest: datetime | None,
    now: datetime,
    interval: Interval,
    calendar_for: Callable[[str], SessionCalendar],
) -> bool:
    patience = LATE_AFTER_BARS * interval.duration
    calendar = calendar_for(row.calendar)
    if not (calendar.is_open(now) and calendar.is_open(now - patience)):
        return False
    return newest is None or now - (newest + interval.duration) > patience
