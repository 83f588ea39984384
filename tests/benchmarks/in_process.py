"""Single parts measured in this process: indicators, the rules, rows into the database, the order gateway's pump."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from django.db import connection, transaction

from ai.ports import Executor
from autotrader.lib.statements import insert_rows
from evaluation.adapters.scratch_database import scratch_platform
from evaluation.bootstrap import build_replay_cast, open_recordings
from evaluation.domain.replay_spec import ReplaySpec
from evaluation.services.run_replay import ReplayCast, run_replay
from tests.benchmarks.measured import Measured, measured
from tests.benchmarks.recordings import FIRST_OPEN, write_recordings
from trading.domain.indicators.bank import IndicatorBank, IndicatorPeriods
from trading.execution_order import ExecutionOrder, ExecutionOutcome
from trading.models import LiveEvent, OrderTransition
from trading.services.open_account import first_parameters

INSTRUMENTS = 1_000
ROWS_AT_ONCE = 1_000
BUSY_CYCLES = 600
DAY_OF_MINUTES = 1440
CLOSE_EXITS = (("take_profit_fraction", "0.004"), ("stop_loss_fraction", "0.005"))
_MOMENT = datetime(2026, 1, 5, tzinfo=UTC)
_DURABLE = ("PRAGMA locking_mode=NORMAL", "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")


def timed(deed: Callable[[], object], repeats: int) -> list[float]:
    """Seconds of each of `repeats` calls."""
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        deed()
        seconds.append(time.perf_counter() - began)
    return seconds


def indicator_rows() -> list[Measured]:
    """One new bar for each of 1,000 instruments."""
    rng = np.random.default_rng(7)
    bank = IndicatorBank(INSTRUMENTS, IndicatorPeriods())
    indices, session = np.arange(INSTRUMENTS), np.full(INSTRUMENTS, 738_000)
    close = 100 + rng.random(INSTRUMENTS)

    def update() -> None:
        bank.update(indices, close, close + 0.1, close - 0.1, close, close * 10, session)

    timed(update, 300)
    return [measured("indicator bank, 1,000 instruments, one bar", "ms", [1e3 * s for s in timed(update, 500)])]


def platform_rows(folder: Path) -> list[Measured]:
    """The rules, the gateway at work and rows a second, on a replay of four instruments that trades."""
    folder.mkdir(parents=True)
    files = tuple(map(str, write_recordings(folder, 4, DAY_OF_MINUTES + BUSY_CYCLES)))
    spec = ReplaySpec(files=files, start=FIRST_OPEN + timedelta(days=1), changes=CLOSE_EXITS)
    recordings = open_recordings(spec)
    with scratch_platform(folder / "platform", templates=folder):
        cast = build_replay_cast(spec, recordings, "bench")
        timed_executor = TimedExecutor(cast.executor)
        run_replay(cast=replace(cast, executor=timed_executor), slots=recordings.slots)
        return [_rules(cast), *timed_executor.figures(), *_database_rows("synchronous=OFF, as in a replay")]


class TimedExecutor:
    """The executor with a stop-watch on its gateway: pumps that sent or booked something, and idle ones."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._busy: list[float] = []
        self._idle: list[float] = []

    @property
    def strategy(self) -> str:
        return self._executor.strategy

    def execute(self, order: ExecutionOrder) -> ExecutionOutcome:
        return self._executor.execute(order)

    def pump(self) -> None:
        before = OrderTransition.objects.count()
        seconds = timed(self._executor.pump, 1)[0]
        (self._busy if OrderTransition.objects.count() > before else self._idle).append(1e3 * seconds)

    def figures(self) -> list[Measured]:
        return [
            measured("order gateway, pump that sends or books", "ms", self._busy, _p99(self._busy)),
            measured("order gateway, idle pump", "ms", self._idle, _p99(self._idle)),
        ]


def _p99(values: list[float]) -> str:
    return f"p99 {sorted(values)[int(len(values) * 0.99)]:.3g} ms"


def durable_rows(folder: Path) -> list[Measured]:
    """Rows a second as the platform's own SQLite database keeps them: WAL, every commit on the disk."""
    with scratch_platform(folder / "durable", templates=folder):
        with connection.cursor() as cursor:
            for pragma in _DURABLE:
                cursor.execute(pragma)
        return _database_rows("WAL, synchronous=FULL")


def _rules(cast: ReplayCast) -> Measured:
    snapshot = cast.market.snapshot(cast.clock.now(), cast.account, first_parameters(), "bench")
    seconds = timed(lambda: cast.decider.decide(snapshot), 500)
    return measured("rules, one instrument", "us", [1e6 * s / len(snapshot.instruments) for s in seconds])


def _database_rows(kind: str) -> list[Measured]:
    def many() -> None:
        with transaction.atomic():
            rows = [(None, "cycle", {"number": number}, _MOMENT) for number in range(ROWS_AT_ONCE)]
            insert_rows(LiveEvent, ("account_id", "topic", "payload", "ts"), rows)

    def three() -> None:
        with transaction.atomic():
            for _ in range(3):
                LiveEvent.objects.create(topic="cycle", payload={"number": 1}, ts=_MOMENT)

    bulk = [ROWS_AT_ONCE / seconds for seconds in timed(many, 20)]
    small = [3 / seconds for seconds in timed(three, 300)]
    return [
        measured(f"database, 1,000 rows at once ({kind})", "rows/s", bulk),
        measured(f"database, transactions of 3 ORM rows ({kind})", "rows/s", small),
    ]
