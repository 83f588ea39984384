"""A replay from its files to its report: read and check all input first, then play, then write, nothing half-done.

By default in a database of its own under VAR_DIR/replays/<run>/; with an account name in the platform's own one.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

from autotrader.lib.canonical import canonical_json, content_hash
from autotrader.lib.errors import BadInput
from autotrader.lib.runtime import system_runtime
from evaluation.adapters.scratch_database import scratch_platform
from evaluation.bootstrap import Recordings, build_replay_cast, open_recordings
from evaluation.domain.replay_spec import ReplaySpec
from evaluation.reports.run_report import RunFacts, SourceFile, write_report
from evaluation.reports.run_summary import summary_values
from evaluation.selectors.run_facts import RunSource, decisions_hash, run_facts, trades_hash
from evaluation.services.record_daily_performance import record_days
from evaluation.services.run_replay import ReplayCast, run_replay

REPORT_NAME = "report.html"
SUMMARY_NAME = "summary.json"
PLATFORM_FOLDER = "platform"
SCRATCH_ACCOUNT = "replay"


@dataclass(frozen=True, slots=True)
class Watch:
    """How somebody follows a run and ends it early; `monotonic` is real seconds."""

    monotonic: Callable[[], float]
    should_stop: Callable[[], bool] = lambda: False
    on_start: Callable[[int], None] = lambda count: None
    on_slot: Callable[[datetime], None] = lambda slot: None


@dataclass(frozen=True, slots=True)
class FinishedReplay:
    """A run with its report on disk. `seconds` is the time the cycles took, without reading and reporting."""

    facts: RunFacts
    folder: Path
    report: Path
    seconds: float
    decisions_sha256: str
    trades_sha256: str

    @property
    def is_complete(self) -> bool:
        return self.facts.is_complete

    @property
    def is_sound(self) -> bool:
        return all(check.is_kept for check in self.facts.checks)

    def repeatable_values(self) -> dict[str, Any]:
        """What is the same whenever the same input is played."""
        hashes = {"decisions_sha256": self.decisions_sha256, "trades_sha256": self.trades_sha256}
        return {**summary_values(self.facts), **hashes}

    def as_values(self) -> dict[str, Any]:
        speed = {
            "seconds": round(self.seconds, 3),
            "cycles_per_second": round(self.facts.cycles / max(self.seconds, 1e-9), 1),
        }
        return {**self.repeatable_values(), **speed, "folder": str(self.folder), "report": str(self.report)}


def replay_recordings(spec: ReplaySpec, out: Path | None, watch: Watch) -> FinishedReplay:
    """Play `spec`. Raises BadInput before anything is written, Conflict for an account that has already traded."""
    recordings = open_recordings(spec)
    folder = _folder(spec, recordings, out)
    with _database(spec, folder):
        cast = build_replay_cast(spec, recordings, spec.account or SCRATCH_ACCOUNT)
        return _played(spec, recordings, cast, folder, watch)


def _played(spec: ReplaySpec, recordings: Recordings, cast: ReplayCast, folder: Path, watch: Watch) -> FinishedReplay:
    watch.on_start(len(recordings.slots))
    began = watch.monotonic()
    recordings.pace.begin()
    run = run_replay(
        cast=cast,
        slots=recordings.slots,
        check_every=spec.check_every,
        should_stop=watch.should_stop,
        on_slot=watch.on_slot,
    )
    seconds = watch.monotonic() - began
    if run.first_slot is None or run.last_slot is None:
        raise BadInput("the replay was stopped before its first cycle: there is nothing to report")
    record_days(
        runtime=cast.runtime,
        account=cast.account,
        first=run.first_slot.date(),
        last=run.last_slot.date(),
        calendar_of=recordings.calendar_of,
    )
    facts = run_facts(cast.account, run, run_source(spec, recordings))
    done = FinishedReplay(
        facts=facts,
        folder=folder,
        report=write_report(facts, folder / REPORT_NAME),
        seconds=seconds,
        decisions_sha256=decisions_hash(cast.account),
        trades_sha256=trades_hash(cast.account),
    )
    (folder / SUMMARY_NAME).write_bytes(orjson.dumps(done.repeatable_values(), option=orjson.OPT_INDENT_2))
    return done


def run_source(spec: ReplaySpec, recordings: Recordings) -> RunSource:
    """Where the prices come from, with a hash over the bytes of each file."""
    return RunSource(
        feed=recordings.feed,
        label=recordings.feed.label,
        symbols=recordings.symbols,
        interval=recordings.interval,
        files=tuple(SourceFile(path.name, _file_hash(path)) for path in recordings.paths),
        labels=("REPLAY",),
        seed=spec.seed,
    )


def _folder(spec: ReplaySpec, recordings: Recordings, out: Path | None) -> Path:
    """The run's folder, made new: named by the moment and by what is played."""
    if out is None:
        played = content_hash(
            [canonical_json(repr(replace(spec, files=()))).decode(), [p.name for p in recordings.paths]]
        )
        stamp = f"{system_runtime().clock.now():%Y%m%d-%H%M%S}"
        out = Path(settings.VAR_DIR) / "replays" / f"{stamp}-{played[:8]}"
    out.mkdir(parents=True, exist_ok=True)
    return out.resolve()


@contextmanager
def _database(spec: ReplaySpec, folder: Path) -> Iterator[None]:
    """The platform's own database for a named account, else one in `folder`."""
    if spec.account:
        yield
        return
    with scratch_platform(folder / PLATFORM_FOLDER, templates=Path(settings.VAR_DIR) / "replays"):
        yield


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
