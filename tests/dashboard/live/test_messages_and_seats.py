"""One browser's slot, and what goes through it."""

import asyncio
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from dashboard.live import messages
from dashboard.live.event_source import LOOK_BACK, MOST_REPLAYED, events_after, last_event_id, missed_topics
from dashboard.live.messages import Event
from dashboard.live.seat import Seat
from trading.models import LiveEvent

TS = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = TS + timedelta(minutes=1)


def test_a_change_names_each_topic_once_and_the_last_id() -> None:
    events = [Event(7, 1, "order", TS), Event(8, 1, "fill", TS), Event(9, None, "order", TS)]
    assert orjson.loads(messages.encode_changed(events)) == {
        "v": 1, "id": 9, "topic": "changed", "ts": "2026-01-02T03:04:05Z", "topics": ["order", "fill"],
    }  # fmt: skip


async def _run(seat: Seat, sent: list[str]) -> None:
    async def send(text: str) -> None:
        sent.append(text)

    task = asyncio.create_task(seat.run(send))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()


async def test_a_seat_sends_what_is_offered() -> None:
    seat, sent = Seat(user_id=1, account_id=1), []
    seat.offer("a", "all")
    await _run(seat, sent)
    assert sent == ["a"]


async def test_what_a_slow_browser_missed_becomes_one_resync() -> None:
    seat, sent = Seat(user_id=1, account_id=1), []
    for text in ("a", "b", "c"):
        seat.offer(text, f"all-{text}")
    await _run(seat, sent)
    assert sent == ["all-c"]


async def test_a_beat_never_takes_the_place_of_news() -> None:
    seat, sent = Seat(user_id=1, account_id=1), []
    seat.offer("news", "all")
    seat.keep_alive("beat")
    await _run(seat, sent)
    assert sent == ["news"]
    seat.keep_alive("beat")
    await _run(seat, sent)
    assert sent == ["news", "beat"]


@pytest.mark.django_db
class TestEventTable:
    def _write(self, count: int, account_id: int | None = 1, topic: str = "cycle") -> list[LiveEvent]:
        return [LiveEvent.objects.create(account_id=account_id, topic=topic, ts=TS) for _ in range(count)]

    def test_an_empty_table_ends_at_zero(self) -> None:
        LiveEvent.objects.all().delete()
        assert last_event_id() == 0
        assert events_after(0) == []
        assert missed_topics(1, 0, LATER) == []

    def test_events_that_commit_late_are_found_behind_the_last_id(self) -> None:
        rows = self._write(3)
        assert [event.id for event in events_after(rows[-1].id)][-3:] == [row.id for row in rows]

    def test_one_read_is_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("dashboard.live.event_source.MOST_REPLAYED", 5)
        self._write(9)
        assert len(events_after(0)) == 5

    def test_missed_topics_are_those_of_the_account_and_of_all(self) -> None:
        start = self._write(1)[0].id + LOOK_BACK
        LiveEvent.objects.bulk_create(
            LiveEvent(id=start + number, account_id=account, topic=topic, ts=TS)
            for number, (account, topic) in enumerate([(1, "order"), (2, "fill"), (None, "incident")], 1)
        )
        assert missed_topics(1, start, LATER) == ["order", "incident"]

    def test_what_was_there_when_the_page_was_made_is_not_missed(self) -> None:
        row = self._write(1)[0]
        assert missed_topics(1, row.id, LATER) == []

    def test_what_may_have_been_committed_late_counts_as_missed(self) -> None:
        row = self._write(1)[0]
        assert missed_topics(1, row.id, TS + timedelta(seconds=3)) == ["cycle"]

    def test_too_long_away_means_everything(self) -> None:
        row = self._write(1)[0]
        LiveEvent.objects.create(id=row.id + MOST_REPLAYED + 1, account_id=1, topic="cycle", ts=TS)
        assert missed_topics(1, row.id, LATER) is None

    def test_an_id_from_another_database_means_everything(self) -> None:
        assert missed_topics(1, 10**9, LATER) is None
