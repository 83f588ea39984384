"""The first start plays the last 30 days of the market through the whole platform at once, so that no chart is empty.

A kill in the middle is made good by the next start; once live cycles have run, history is never played again.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tqdm import tqdm

from autotrader.lib.clock import VirtualClock
from autotrader.lib.ids import SystemIds
from autotrader.lib.runtime import Runtime
from evaluation.bootstrap import build_cast
from evaluation.services.play_history import HISTORY_DAYS, History, play_history, remaining_slots
from trading.adapters.calendars import calendar_for
from trading.adapters.prefetched.feed import PrefetchedFeed
from trading.domain.bar import Interval
from trading.domain.instrument import Instrument
from trading.gateway.order_gateway import lease_name
from trading.models import Account, AccountControl, InstrumentRow, Lease
from trading.ports import Feed

INTERVAL = Interval.M15
# Enough for the daily range and the longest window before the first slot.
LOOK_BACK = timedelta(days=21)


def play_first_days(account: Account, feed: Feed, now: datetime, folder: Path) -> int:
    """Play what is missing of the account's first 30 days; how many slots were played.

    Raises DataUnavailable when the market has no history to give now: then nothing was written.
    """
    window = _window(account, now, folder)
    if window is None:
        return 0
    instruments = _universe(account)
    history = History(start=window[0], end=window[1], interval=INTERVAL, instruments=instruments)
    slots = remaining_slots(account.pk, history, calendar_for)
    if slots:
        _play(account, feed, history, slots)
    _note(folder, account, window, is_done=True)
    return len(slots)


def _play(account: Account, feed: Feed, history: History, slots: list[datetime]) -> None:
    clock = VirtualClock(min(slots[0], history.start) - INTERVAL.duration)
    runtime = Runtime(clock=clock, ids=SystemIds(clock))
    instruments = history.instruments
    past = PrefetchedFeed(feed, instruments, INTERVAL, (history.start - LOOK_BACK, history.end), clock)
    _end_lease_of_the_dead(account, clock.now())
    cast = build_cast(runtime, account, past, instruments, INTERVAL, clock)
    label = f"Playing {HISTORY_DAYS} days"
    with tqdm(total=len(slots), desc=label, unit="cycle", disable=not sys.stderr.isatty(), leave=False) as bar:
        play_history(cast=cast, history=history, calendar_of=calendar_for, on_slot=lambda slot: bar.update())


def _end_lease_of_the_dead(account: Account, now: datetime) -> None:
    """A history that was killed still holds the gateway's lease in virtual time. The platform lock, which this process
    holds, proves that its owner is gone; the fence rises with the take-over as ever."""
    Lease.objects.filter(name=lease_name(account.pk), expires_at__gt=now).update(expires_at=now)


def _window(account: Account, now: datetime, folder: Path) -> tuple[datetime, datetime] | None:
    """From when to when history is to be played; None when that is over."""
    path = _marker(folder, account)
    if path.exists():
        note = json.loads(path.read_text(encoding="ascii"))
        return None if note["is_done"] else (_moment(note["start"]), _moment(note["end"]))
    if AccountControl.objects.filter(pk=account.pk, last_slot__isnull=False).exists():
        return None
    step = int(INTERVAL.duration.total_seconds())
    end = datetime.fromtimestamp(int(now.timestamp()) // step * step, UTC)
    window = (end - timedelta(days=HISTORY_DAYS), end)
    _note(folder, account, window, is_done=False)
    return window


def _note(folder: Path, account: Account, window: tuple[datetime, datetime], *, is_done: bool) -> None:
    note = {"start": window[0].isoformat(), "end": window[1].isoformat(), "is_done": is_done}
    draft = _marker(folder, account).with_suffix(".draft")
    draft.write_text(json.dumps(note), encoding="ascii")
    draft.replace(_marker(folder, account))


def _marker(folder: Path, account: Account) -> Path:
    return folder / f"history-{account.pk}.json"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _universe(account: Account) -> list[Instrument]:
    rows = InstrumentRow.objects.filter(venue=account.venue, is_in_universe=True).order_by("id")
    return [row.to_domain() for row in rows]
