"""The history of a first start is played once, goes on after a kill, and is then left alone."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ai.models import CycleRow
from autotrader.lib.clock import VirtualClock
from autotrader.lib.ids import SystemIds
from autotrader.lib.runtime import Runtime
from evaluation.bootstrap import build_cast
from evaluation.models import DailyPerformance
from evaluation.selectors.invariants import check_all
from evaluation.services.play_history import History, play_history, remaining_slots
from evaluation.services.run_replay import ReplayCast, ReplayRun
from tests.evaluation.replaying import made_up
from trading.adapters.calendars import calendar_for
from trading.adapters.recording import RecordingFeed
from trading.domain.bar import Interval
from trading.models import Account
from trading.services.open_account import open_account
from trading.services.register_instruments import register_instruments

pytestmark = pytest.mark.django_db(transaction=True)
START = datetime(2026, 1, 6, tzinfo=UTC)
END = START + timedelta(hours=1)


class Killed(Exception):
    """What stands for `kill -9` in the middle of a history."""


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return made_up(tmp_path / "bars", instruments=2, hours=25)


def a_process(files: list[Path], start: datetime = START) -> tuple[ReplayCast, History]:
    """Everything as a newly started process makes it; only the database is shared with the one before."""
    clock = VirtualClock(start)
    runtime = Runtime(clock, SystemIds(clock))
    feed = RecordingFeed(files, clock)
    account = open_account(
        runtime=runtime, name="paper", venue="paper", environment="paper", quote_asset="USDT", cash=Decimal(10_000)
    )
    instruments = list(feed.instruments())
    register_instruments(venue="paper", instruments=instruments, universe=[item.symbol for item in instruments])
    cast = build_cast(runtime, account, feed, instruments, Interval.M1, clock)
    return cast, History(START, END, Interval.M1, instruments)


def play(files: list[Path], start: datetime = START, **options: object) -> ReplayRun | None:
    cast, history = a_process(files, start)
    return play_history(cast=cast, history=history, calendar_of=calendar_for, **options)  # type: ignore[arg-type]


def test_every_slot_is_played_once_and_the_books_are_sound(files: list[Path]) -> None:
    run = play(files)
    assert run is not None
    assert (run.cycles, run.is_complete) == (60, True)
    assert [check for check in check_all(Account.objects.get()) if not check.is_kept] == []
    assert DailyPerformance.objects.count() == 1


def test_a_second_call_finds_nothing_to_do(files: list[Path]) -> None:
    play(files)
    assert play(files, END) is None
    assert CycleRow.objects.count() == 60


def test_after_a_kill_it_goes_on_where_it_was(files: list[Path]) -> None:
    def kill(slot: datetime) -> None:
        if slot == START + timedelta(minutes=20):
            raise Killed

    with pytest.raises(Killed):
        play(files, on_slot=kill)
    assert CycleRow.objects.count() == 20
    run = play(files, START + timedelta(minutes=20))
    assert run is not None
    assert run.cycles == 40
    assert CycleRow.objects.filter(state="DONE").count() == 60
    assert [check for check in check_all(Account.objects.get()) if not check.is_kept] == []


def test_only_what_comes_after_the_last_slot_remains(files: list[Path]) -> None:
    cast, history = a_process(files)
    account = cast.account
    assert len(remaining_slots(account.pk, history, calendar_for)) == 60
    account.control.last_slot = END - timedelta(minutes=2)
    account.control.save()
    assert remaining_slots(account.pk, history, calendar_for) == [END - timedelta(minutes=1), END]
