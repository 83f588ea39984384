"""The main job, end to end: the whole platform over real one-minute bars of four coins, twice the same."""

import gzip
import itertools
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from evaluation.replay import FinishedReplay
from tests.evaluation.replaying import moment, play
from tests.shared_data import shared_file

pytestmark = pytest.mark.django_db

COINS = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT")
BARS_OF_A_COIN = 32_391


THREE_HOURS = {"start": moment("2026-03-24T00:00"), "end": moment("2026-03-24T03:00")}
LINES_OF_A_DAY = 1_500


def whole_recordings() -> list[Path]:
    return [shared_file("crypto", f"binance-spot_{coin}_1m.csv.gz") for coin in COINS]


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The first day of each recording: reading whole months would take longer than playing three hours."""
    folder = tmp_path_factory.mktemp("recordings")
    return [_first_day(path, folder) for path in whole_recordings()]


def _first_day(path: Path, folder: Path) -> Path:
    short = folder / path.name
    with gzip.open(path, "rt") as whole, gzip.open(short, "wt") as part:
        part.writelines(itertools.islice(whole, LINES_OF_A_DAY))
    return short


@pytest.fixture(scope="module")
def played(
    recordings: list[Path], tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> FinishedReplay:
    """Three hours, checked after every cycle."""
    with django_db_blocker.unblock():
        return play(recordings, tmp_path_factory.mktemp("played"), **THREE_HOURS)


def rows(done: FinishedReplay, query: str) -> list[tuple]:
    with closing(sqlite3.connect(done.folder / "platform" / "replay.sqlite3")) as database:
        return database.execute(query).fetchall()


def test_every_promise_is_kept_at_every_step(recordings: list[Path], tmp_path: Path) -> None:
    done = play(recordings, tmp_path, check_every=True, **THREE_HOURS)
    assert done.is_complete
    assert [check for check in done.facts.checks if not check.is_kept] == []
    assert len(done.facts.checks) == 8


def test_every_cycle_and_every_decision_is_a_row(played: FinishedReplay) -> None:
    assert played.facts.cycles == 180
    assert rows(played, "SELECT count(*) FROM ai_decisionrow") == [(720,)]
    assert rows(played, "SELECT count(*) FROM ai_cyclerow WHERE state = 'DONE'") == [(180,)]


def test_positions_were_really_opened_and_protected(played: FinishedReplay) -> None:
    assert rows(played, "SELECT count(*) > 0 FROM trading_fillrow WHERE side = 'BUY'") == [(1,)]
    assert rows(played, "SELECT count(*) > 0 FROM trading_orderrow WHERE purpose = 'STOP_LOSS'") == [(1,)]


def test_twice_the_same_input_gives_the_same_bytes(
    recordings: list[Path], played: FinishedReplay, tmp_path: Path
) -> None:
    again = play(recordings, tmp_path, **THREE_HOURS)
    assert again.decisions_sha256 == played.decisions_sha256
    assert again.trades_sha256 == played.trades_sha256
    assert again.facts.audit_head == played.facts.audit_head
    for name in ("report.html", "summary.json", "platform/logs/autonomous_trades.jsonl"):
        assert (again.folder / name).read_bytes() == (played.folder / name).read_bytes(), name


def test_another_seed_makes_other_ids_and_the_same_trades(
    recordings: list[Path], played: FinishedReplay, tmp_path: Path
) -> None:
    other = play(recordings, tmp_path, seed=8, **THREE_HOURS)
    assert other.decisions_sha256 != played.decisions_sha256
    assert other.facts.trades == played.facts.trades
    assert other.facts.marks == played.facts.marks


def test_nothing_after_a_moment_changes_what_was_decided_before_it(
    recordings: list[Path], played: FinishedReplay, tmp_path: Path
) -> None:
    short = play(recordings, tmp_path, start=THREE_HOURS["start"], end=moment("2026-03-24T01:30"))
    query = "SELECT * FROM ai_decisionrow WHERE decided_at <= '2026-03-24 01:30:00' AND execution = '{}' ORDER BY id"
    assert rows(short, query) == rows(played, query)
    assert len(rows(short, query)) > 300


def test_the_summary_on_disk_is_whole_json(recordings: list[Path], played: FinishedReplay) -> None:
    summary = json.loads((played.folder / "summary.json").read_bytes())
    assert (summary["cycles"], summary["labels"], summary["is_complete"]) == (180, ["REPLAY"], True)
    assert [file["name"] for file in summary["files"]] == [path.name for path in recordings]
    assert summary["trades"]["trades"] == len(played.facts.trades)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_all_bars_of_four_coins(tmp_path: Path) -> None:
    first = play(whole_recordings(), tmp_path / "first")
    assert first.facts.cycles == BARS_OF_A_COIN
    assert first.facts.bars == 4 * BARS_OF_A_COIN
    assert [check for check in first.facts.checks if not check.is_kept] == []
    second = play(whole_recordings(), tmp_path / "second")
    assert first.repeatable_values() == second.repeatable_values()
