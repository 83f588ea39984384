"""Replays for tests: quiet, in a folder of the test, from recordings that are there or made up."""

import itertools
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from evaluation.domain.replay_spec import ReplaySpec
from evaluation.replay import FinishedReplay, Watch, replay_recordings
from tests.benchmarks.recordings import write_recordings

MADE_UP_DAY_TWO = datetime(2026, 1, 6, tzinfo=UTC)
_ticks = itertools.count()


def silent_watch(**changes: Any) -> Watch:
    """Nobody looks; each reading of the clock is a second later."""
    return Watch(monotonic=lambda: float(next(_ticks)), **changes)


def play(files: list[Path], out: Path, watch: Watch | None = None, **changes: Any) -> FinishedReplay:
    """The finished replay of `files` with `changes` to the spec."""
    spec = ReplaySpec(files=tuple(map(str, files)), **changes)
    return replay_recordings(spec, out, watch or silent_watch())


def made_up(folder: Path, instruments: int = 2, hours: int = 30) -> list[Path]:
    """Seeded random walks of 1-minute bars from 2026-01-05 00:00 UTC on."""
    folder.mkdir(parents=True, exist_ok=True)
    return write_recordings(folder, instruments, hours * 60)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def cash(amount: int) -> Decimal:
    return Decimal(amount)
