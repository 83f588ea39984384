"""The only place of the evaluation floor that picks adapters: recordings as the feed, the paper venue as the exchange."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ai.adapters.rules_decider import RulesDecider
from autotrader.lib.clock import PacedClock, SystemClock, VirtualClock
from autotrader.lib.errors import BadInput, Conflict
from autotrader.lib.ids import SeededIds
from autotrader.lib.runtime import Runtime, seeded_runtime
from evaluation.domain.replay_slots import session_slots
from evaluation.domain.replay_spec import ReplaySpec
from evaluation.services.run_replay import ReplayCast
from trading.adapters.calendars import calendar_for
from trading.adapters.recording import RecordingFeed, parse_source
from trading.domain.bar import Interval
from trading.domain.instrument import Instrument
from trading.models import Account
from trading.ports import SessionCalendar

BEFORE_ALL_RECORDINGS = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Pace:
    """Waits in real time, but only once the run has begun: setting the clock to the start costs nothing."""

    clock: SystemClock = field(default_factory=SystemClock)
    has_begun: bool = False

    def begin(self) -> None:
        self.has_begun = True

    def __call__(self, seconds: float) -> None:
        if self.has_begun:
            self.clock.sleep(seconds)


@dataclass(frozen=True)
class Recordings:
    """The files of a replay, read and checked, with the clock that bounds what is seen of them."""

    feed: RecordingFeed
    clock: VirtualClock
    pace: Pace
    paths: tuple[Path, ...]
    instruments: tuple[Instrument, ...]
    interval: Interval
    slots: Sequence[datetime]
    calendar_of: Callable[[str], SessionCalendar] = calendar_for

    @property
    def symbols(self) -> tuple[str, ...]:
        return tuple(instrument.symbol for instrument in self.instruments)

    @property
    def quote_asset(self) -> str:
        return self.instruments[0].quote


def open_recordings(spec: ReplaySpec) -> Recordings:
    """Read every file of `spec`. Raises BadInput for the first thing that is not accepted, before anything is made."""
    sources = [parse_source(name) for name in spec.files]
    _require_one({source.interval.value for source in sources}, "all bars of one replay must have the same interval")
    pace = Pace()
    clock = _clock(spec, pace)
    feed = RecordingFeed(sources, clock)
    instruments = tuple(feed.instruments())
    _require_one({item.quote for item in instruments}, "one account pays in one asset")
    start = max(feed.start, spec.start or feed.start)
    slots = _slots(feed, instruments, start, min(feed.end, spec.end or feed.end))
    clock.move_to(start)
    paths = tuple(source.path for source in sources)
    return Recordings(feed, clock, pace, paths, instruments, sources[0].interval, slots)


def _clock(spec: ReplaySpec, pace: Pace) -> VirtualClock:
    if spec.speed is None:
        return VirtualClock(BEFORE_ALL_RECORDINGS)
    return PacedClock(BEFORE_ALL_RECORDINGS, spec.speed, wait=pace)


def _slots(feed: RecordingFeed, instruments: Sequence[Instrument], start: datetime, end: datetime) -> list[datetime]:
    calendars = [calendar_for(name) for name in sorted({item.calendar for item in instruments})]
    slots = list(session_slots(feed.close_times(start, end), calendars)) if start < end else []
    if not slots:
        raise BadInput(
            f"no bar closes between {start:%Y-%m-%d %H:%M} and {end:%Y-%m-%d %H:%M}; "
            f"the recordings run from {feed.start:%Y-%m-%d %H:%M} to {feed.end:%Y-%m-%d %H:%M} UTC"
        )
    return slots


def _require_one(found: set[str], why: str) -> None:
    if len(found) > 1:
        raise BadInput(f"{why}; the files have {', '.join(sorted(found))}")
