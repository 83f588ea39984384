"""Play a stretch of past bars into an account at once: the 30 simulated days a new platform begins with.

May be killed at any moment and called again: it goes on after the last slot that was run, and a finished history is
left alone. Only ever goes forward from the account's last slot, so it never touches what was traded since.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from evaluation.domain.replay_slots import session_slots
from evaluation.services.record_daily_performance import CalendarOf, record_days
from evaluation.services.run_replay import ReplayCast, ReplayRun, run_replay
from trading.domain.bar import Interval
from trading.domain.instrument import Instrument
from trading.models import AccountControl

HISTORY_DAYS = 30


@dataclass(frozen=True, slots=True)
class History:
    """What is to be played: every bar of `interval` that closes in (start, end], in the sessions of `instruments`."""

    start: datetime
    end: datetime
    interval: Interval
    instruments: Sequence[Instrument]


def play_history(
    *,
    cast: ReplayCast,
    history: History,
    calendar_of: CalendarOf,
    should_stop: Callable[[], bool] = lambda: False,
    on_slot: Callable[[datetime], None] = lambda slot: None,
) -> ReplayRun | None:
    """Play what is still missing and record its days; None when nothing is.

    `cast.clock` must not be past the history's start when nothing was played yet. Its ids must not be seeded with a
    seed that was used on this database before: `SystemIds` on the virtual clock is right.
    """
    slots = remaining_slots(cast.account.pk, history, calendar_of)
    if not slots:
        return None
    run = run_replay(cast=cast, slots=slots, should_stop=should_stop, on_slot=on_slot)
    if run.last_slot is not None:
        record_days(
            runtime=cast.runtime,
            account=cast.account,
            first=history.start.date(),
            last=run.last_slot.date(),
            calendar_of=calendar_of,
        )
    return run


def remaining_slots(account_id: int, history: History, calendar_of: CalendarOf) -> list[datetime]:
    """The slots after the account's last one."""
    last = AccountControl.objects.filter(pk=account_id).values_list("last_slot", flat=True).first()
    begin = max(history.start, last) if last is not None else history.start
    names = sorted({item.calendar for item in history.instruments})
    calendars = [calendar_of(name) for name in names]
    opens: set[datetime] = set()
    for calendar in calendars:
        opens.update(calendar.expected_open_times(history.interval, begin, history.end))
    step: timedelta = history.interval.duration
    closes = sorted(opening + step for opening in opens)
    return list(session_slots((moment for moment in closes if begin < moment <= history.end), calendars))
