"""Replay speed, memory and start-up, each run in a process of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.benchmarks.measured import ROOT, Measured, measured
from tests.benchmarks.recordings import FIRST_OPEN, write_recordings

CYCLES_BY_INSTRUMENTS = {1: 2000, 4: 2000, 20: 600, 100: 200, 500: 60}
DAY_OF_MINUTES = 1440
MOST_WITH_A_DAY_BEFORE = 20
"""Up to so many instruments a day of bars comes before, so that the daily range is known and entries happen."""
_KILOBYTES_PER_MB = 1024


@dataclass(frozen=True)
class ChildRun:
    """What one replay process reported, how long it lived in all, and its peak memory."""

    summary: dict[str, Any]
    seconds: float
    peak_mb: float


def replay_child(files: list[Path], var_dir: Path, start: datetime) -> ChildRun:
    """Run `manage.py replay --json` over `files` from `start` on, in a process of its own."""
    command = [sys.executable, "manage.py", "replay", "--json", "--from", start.isoformat(), "--bars", *map(str, files)]
    environment = {**os.environ, "VAR_DIR": str(var_dir), "DJANGO_SETTINGS_MODULE": "autotrader.settings.development"}
    environment["ENV_FILE"] = os.devnull
    output = var_dir / "summary.json"
    began = time.monotonic()
    with output.open("wb") as file:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file)
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return ChildRun(json.loads(output.read_bytes()), seconds, usage.ru_maxrss / _KILOBYTES_PER_MB)


def replay_rows(folder: Path, runs: int, numbers: Sequence[int]) -> list[Measured]:
    """Cycles a second and peak memory by the number of instruments, and the time from start to the first cycle."""
    rows: list[Measured] = []
    for instruments in numbers:
        cycles = CYCLES_BY_INSTRUMENTS[instruments]
        data = folder / f"bars-{instruments}"
        data.mkdir()
        before = DAY_OF_MINUTES if instruments <= MOST_WITH_A_DAY_BEFORE else 0
        files = write_recordings(data, instruments, before + cycles)
        start = FIRST_OPEN + timedelta(minutes=before)
        done = [replay_child(files, folder, start) for _ in range(runs)]
        rows += _rows_of(instruments, cycles, done)
    return rows


def _rows_of(instruments: int, cycles: int, done: list[ChildRun]) -> list[Measured]:
    speeds = [run.summary["cycles_per_second"] for run in done]
    shares = [1e6 * run.summary["seconds"] / run.summary["cycles"] / instruments for run in done]
    starts = [run.seconds - run.summary["seconds"] for run in done]
    label = f"{instruments} instrument{'s' if instruments > 1 else ''}"
    trades = done[0].summary["trades"]["trades"]
    return [
        measured(f"replay, {label}", "cycles/s", speeds, "every row written", cycles=cycles, trades=trades),
        measured(f"replay, {label}, decision path per instrument", "us", shares, "rows included"),
        measured(f"replay, {label}, peak memory", "MB", [run.peak_mb for run in done]),
        measured(f"replay, {label}, start-up and report", "s", starts, "process start, reading files, report, checks"),
    ]
