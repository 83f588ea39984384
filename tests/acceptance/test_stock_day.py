"""Stocks on real five-minute bars: sessions only, flat before the bell, half days right."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from evaluation.replay import FinishedReplay
from tests.evaluation.replaying import cash, moment, play
from tests.shared_data import shared_file

pytestmark = pytest.mark.django_db

NEW_YORK = ZoneInfo("America/New_York")
FLAT_BEFORE = timedelta(minutes=10)
HALF_DAYS = {date(2025, 7, 3), date(2025, 11, 28), date(2025, 12, 24)}
ROOMY = {"cash": cash(1_000_000), "changes": (("atr_threshold", "0.5"),)}


def recordings() -> list[Path]:
    return [shared_file("us-stocks", f"{symbol}_5m.csv.gz") for symbol in ("SPY", "AAPL")]


def stamps(done: FinishedReplay, query: str) -> list[datetime]:
    with closing(sqlite3.connect(done.folder / "platform" / "replay.sqlite3")) as database:
        return [datetime.fromisoformat(row[0]).replace(tzinfo=UTC) for row in database.execute(query)]


def bell(day: date) -> datetime:
    closing_time = time(13, 0) if day in HALF_DAYS else time(16, 0)
    return datetime.combine(day, closing_time, tzinfo=NEW_YORK).astimezone(UTC)


def opening(day: date) -> datetime:
    return datetime.combine(day, time(9, 30), tzinfo=NEW_YORK).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "end", "sessions"),
    [
        ("2025-07-02", "2025-07-08", 3),  # half day on the 3rd, closed on the 4th and the week-end
        ("2025-11-26", "2025-12-02", 3),  # closed on the 27th, half day on the 28th
        ("2025-12-23", "2025-12-27", 3),  # half day on the 24th, closed on the 25th
    ],
)
def test_trading_stays_in_the_sessions_and_ends_flat(tmp_path: Path, start: str, end: str, sessions: int) -> None:
    done = play(recordings(), tmp_path, start=moment(start), end=moment(end), check_every=True, **ROOMY)
    assert [check for check in done.facts.checks if not check.is_kept] == []
    assert done.facts.performance.trades.trades > 0

    slots = stamps(done, "SELECT slot FROM ai_cyclerow ORDER BY slot")
    days = sorted({slot.astimezone(NEW_YORK).date() for slot in slots})
    assert len(days) == sessions
    for day in days:
        of_day = [slot for slot in slots if slot.astimezone(NEW_YORK).date() == day]
        assert (of_day[0], of_day[-1]) == (opening(day) + timedelta(minutes=5), bell(day))

    for trade in done.facts.trades:
        last_moment = bell(trade.opened_at.astimezone(NEW_YORK).date())
        assert opening(last_moment.date()) < trade.opened_at < trade.closed_at <= last_moment - FLAT_BEFORE

    for sent in stamps(done, "SELECT sent_at FROM trading_orderrow WHERE sent_at IS NOT NULL"):
        day = sent.astimezone(NEW_YORK).date()
        assert opening(day) < sent < bell(day)


def test_at_the_bell_nothing_is_decided(tmp_path: Path) -> None:
    done = play(recordings(), tmp_path, start=moment("2025-07-03"), end=moment("2025-07-04"), **ROOMY)
    decided = stamps(done, "SELECT decided_at FROM ai_decisionrow ORDER BY decided_at")
    assert max(decided) == bell(date(2025, 7, 3)) - timedelta(minutes=5)


def test_a_strategy_may_choose_to_stay_until_the_last_minutes(tmp_path: Path) -> None:
    changes = (*ROOMY["changes"], ("flat_before_close_minutes", "60"))
    spec = {"start": moment("2025-07-01"), "end": moment("2025-07-03"), "cash": ROOMY["cash"], "changes": changes}
    done = play(recordings(), tmp_path, **spec)
    assert done.facts.trades
    for trade in done.facts.trades:
        assert trade.closed_at <= bell(trade.opened_at.date()) - timedelta(minutes=60)
