"""A feed that plays recordings. It never shows a bar before the clock has reached the bar's close."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from autotrader.lib.clock import Clock
from autotrader.lib.errors import BadInput
from trading.adapters.recording.columns import Recording
from trading.adapters.recording.instruments import infer_instrument
from trading.adapters.recording.source import RecordingSource, parse_source
from trading.domain.bar import Bar, Interval
from trading.domain.instrument import Instrument
from trading.ports import DataUnavailable, Quote


class RecordingFeed:
    """Recorded bars behind the `Feed` port, bounded by `clock`.

    Every file is read and checked as a whole when the feed is made (BadInput then), so that a replay cannot stop in
    the middle over a bad line. Files of one symbol and interval that follow each other are joined.
    """

    def __init__(self, files: Sequence[str | Path | RecordingSource], clock: Clock) -> None:
        if not files:
            raise BadInput("no recordings were named; give one or more files with bars")
        self._clock = clock
        self._recordings = _joined([Recording(_source(name)) for name in files])
        self._by_symbol = _finest_by_symbol(self._recordings)

    @property
    def label(self) -> str:
        names = ", ".join(f"{symbol} {interval}" for symbol, interval in self._recordings)
        return f"Replay of {names}"

    @property
    def start(self) -> datetime:
        """The first open time of all recordings."""
        return min(recording.first_open for recording in self._recordings.values())

    @property
    def end(self) -> datetime:
        """The last close time of all recordings."""
        return max(recording.last_close for recording in self._recordings.values())

    @property
    def finest_interval(self) -> Interval:
        return min((recording.interval for recording in self._recordings.values()), key=lambda item: item.duration)

    def instruments(self) -> Sequence[Instrument]:
        return [infer_instrument(recording) for recording in self._by_symbol.values()]

    def closed_bars(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> Sequence[Bar]:
        recording = self._recordings.get((symbol, interval))
        if recording is None:
            raise DataUnavailable(f"no recording of {symbol} {interval}; there are: {self.label}")
        return recording.bars(start, min(end, self._clock.now()))

    def quote(self, symbol: str) -> Quote | None:
        recording = self._by_symbol.get(symbol)
        bar = recording.last_bar(self._clock.now()) if recording else None
        if bar is None:
            return None
        return Quote(symbol, bid=bar.close, ask=bar.close, last=bar.close, ts_event=bar.close_time)

    def close_times(self, start: datetime, end: datetime) -> Sequence[datetime]:
        """Every moment in (start, end] at which some bar closes, rising: the steps of a replay.

        It tells only when, never what: the bars stay hidden until the clock is there.
        """
        moments: set[datetime] = set()
        for recording in self._recordings.values():
            moments.update(recording.close_times(start, end))
        return sorted(moments)


def _source(name: str | Path | RecordingSource) -> RecordingSource:
    return name if isinstance(name, RecordingSource) else parse_source(name)


def _joined(recordings: Sequence[Recording]) -> dict[tuple[str, Interval], Recording]:
    joined: dict[tuple[str, Interval], Recording] = {}
    for recording in sorted(recordings, key=lambda item: item.first_open):
        key = (recording.symbol, recording.interval)
        if key in joined:
            joined[key].join(recording)
        else:
            joined[key] = recording
    return dict(sorted(joined.items(), key=lambda item: (item[0][0], item[0][1].duration)))


def _finest_by_symbol(recordings: dict[tuple[str, Interval], Recording]) -> dict[str, Recording]:
    finest: dict[str, Recording] = {}
    for (symbol, _), recording in recordings.items():
        finest.setdefault(symbol, recording)
    return finest
