"""The socket from end to end, in process: who may listen, what they hear, how it ends."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth.models import User
from django.db import OperationalError, connections
from django.test import Client

from autotrader.asgi import application
from autotrader.lib.runtime import system_runtime
from dashboard.live import broadcaster as broadcasting
from dashboard.live import consumers, event_source
from dashboard.live.broadcaster import Broadcaster, broadcaster
from dashboard.live.seat import Seat
from trading.models import LiveEvent
from trading.services.record_event import record_event

pytestmark = pytest.mark.django_db(transaction=True)
TS = datetime(2026, 1, 1, tzinfo=UTC)
BACKEND = "django.contrib.auth.backends.ModelBackend"

Open = Callable[..., Awaitable[WebsocketCommunicator]]


def _session_of(user: User) -> str:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def cookie(person: Callable[[str], User]) -> str:
    return _session_of(person("viewer"))


@pytest.fixture
async def open_socket(cookie: str) -> AsyncIterator[Open]:
    opened: list[WebsocketCommunicator] = []

    async def connect(query: str = "account=1&after=0", key: str = cookie, origin: str = "http://127.0.0.1") -> Any:
        headers = [(b"origin", origin.encode()), (b"host", b"127.0.0.1")]
        if key:
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={key}".encode()))
        socket = WebsocketCommunicator(application, f"/ws/live/?{query}", headers=headers)
        socket.is_open, _ = await socket.connect(timeout=5)
        opened.append(socket)
        return socket

    yield connect
    for socket in opened:
        if socket.is_open:
            await socket.disconnect()


def _record(topic: str, account_id: int | None = 1) -> None:
    """As another thread of this process does it."""

    def work() -> None:
        record_event(runtime=system_runtime(), account_id=account_id, topic=topic, payload={})
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


record = sync_to_async(_record)


async def test_a_stranger_is_refused_at_the_handshake(open_socket: Open) -> None:
    assert not (await open_socket(key="")).is_open


async def test_a_made_up_session_is_refused(open_socket: Open) -> None:
    assert not (await open_socket(key="x" * 32)).is_open


async def test_another_sites_page_is_refused(open_socket: Open) -> None:
    assert not (await open_socket(origin="https://evil.example")).is_open


async def test_a_person_without_a_role_is_refused(open_socket: Open, person: Callable[[str], User]) -> None:
    key = await sync_to_async(lambda: _session_of(person("nobody")))()
    assert not (await open_socket(key=key)).is_open


@pytest.mark.parametrize("query", ["", "account=x&after=0", "account=1&after=-1", "account=1&after=" + "9" * 40])
async def test_a_bad_address_is_closed_with_its_code(open_socket: Open, query: str) -> None:
    socket = await open_socket(query)
    assert (await socket.receive_output(5))["code"] == consumers.BAD_ADDRESS


async def test_the_hello_names_what_was_missed(open_socket: Open) -> None:
    await record("order")
    await record("fill", account_id=2)
    before = await sync_to_async(lambda: LiveEvent.objects.earliest("id").id - 1)()  # ids go on from test to test
    hello = await (await open_socket(f"account=1&after={before}")).receive_json_from(5)
    assert (hello["v"], hello["topic"], hello["topics"]) == (1, "hello", ["order"])


async def test_an_event_of_another_thread_arrives_at_once(open_socket: Open) -> None:
    socket = await open_socket()
    hello = await socket.receive_json_from(5)
    await record("position")
    message = await socket.receive_json_from(0.9)  # sooner than the next poll: it was the wake-up
    assert (message["topic"], message["topics"]) == ("changed", ["position"])
    assert message["id"] > hello["id"]


async def test_an_event_of_another_process_arrives_with_the_poll(open_socket: Open) -> None:
    socket = await open_socket()
    await socket.receive_json_from(5)
    await sync_to_async(LiveEvent.objects.create)(account_id=None, topic="incident", ts=TS)  # nobody is woken
    message = await socket.receive_json_from(5)
    assert message["topics"] == ["incident"]


async def test_news_of_another_account_is_not_heard(open_socket: Open) -> None:
    socket = await open_socket()
    await socket.receive_json_from(5)
    await record("order", account_id=2)
    assert await socket.receive_nothing(0.4)


async def test_an_event_that_commits_late_is_not_lost(open_socket: Open) -> None:
    first = await sync_to_async(LiveEvent.objects.create)(id=1000, account_id=1, topic="cycle", ts=TS)
    socket = await open_socket(f"account=1&after={first.id}")
    await socket.receive_json_from(5)
    await sync_to_async(LiveEvent.objects.create)(id=999, account_id=1, topic="fill", ts=TS)
    message = await socket.receive_json_from(5)
    assert (message["topics"], message["id"]) == (["fill"], 999)


async def test_a_word_from_the_page_ends_the_socket(open_socket: Open) -> None:
    socket = await open_socket()
    await socket.receive_json_from(5)
    await socket.send_to(text_data='{"buy": "everything"}')
    assert (await socket.receive_output(5))["code"] == consumers.NO_TALKING


async def test_a_logout_ends_the_stream(open_socket: Open, cookie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "RECHECK_SECONDS", 0.05)
    socket = await open_socket()
    await socket.receive_json_from(5)
    await sync_to_async(_log_out)(cookie)
    assert (await socket.receive_output(5))["code"] == consumers.NOT_ALLOWED


async def test_a_disabled_person_hears_no_more(open_socket: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "RECHECK_SECONDS", 0.05)
    socket = await open_socket()
    await socket.receive_json_from(5)
    await User.objects.filter(username="viewer").aupdate(is_active=False)
    assert (await socket.receive_output(5))["code"] == consumers.NOT_ALLOWED


async def test_taking_the_role_away_ends_the_stream(open_socket: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "RECHECK_SECONDS", 0.05)
    socket = await open_socket()
    await socket.receive_json_from(5)
    viewer = await User.objects.aget(username="viewer")
    await viewer.groups.aclear()
    assert (await socket.receive_output(5))["code"] == consumers.NOT_ALLOWED


async def test_a_person_has_five_sockets_at_most(open_socket: Open) -> None:
    for _ in range(broadcasting.MOST_SOCKETS_PER_USER):
        assert (await (await open_socket()).receive_json_from(5))["topic"] == "hello"
    sixth = await open_socket()
    assert (await sixth.receive_output(5))["code"] == consumers.TOO_MANY


async def test_a_closed_socket_makes_room(open_socket: Open) -> None:
    sockets = [await open_socket() for _ in range(broadcasting.MOST_SOCKETS_PER_USER)]
    for socket in sockets:
        await socket.receive_json_from(5)
    await sockets[0].disconnect()
    sockets[0].is_open = False
    assert (await (await open_socket()).receive_json_from(5))["topic"] == "hello"


async def test_the_last_one_out_ends_the_follower(open_socket: Open) -> None:
    socket = await open_socket()
    await socket.receive_json_from(5)
    assert broadcaster()._follower is not None
    await socket.disconnect()
    socket.is_open = False
    assert broadcaster()._follower is None


async def test_a_quiet_stream_beats() -> None:
    live = Broadcaster(system_runtime().clock, poll_seconds=0.01, beat_seconds=0.02)
    seat, sent = Seat(user_id=1, account_id=1), []
    await live.join(seat)

    async def send(text: str) -> None:
        sent.append(text)

    task = asyncio.create_task(seat.run(send))
    await asyncio.sleep(0.2)
    task.cancel()
    live.leave(seat)
    assert '"topic":"beat"' in sent[0]


async def test_a_database_that_stumbles_makes_news_late_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    live = Broadcaster(system_runtime().clock, poll_seconds=0.02, beat_seconds=60)
    seat, sent = Seat(user_id=1, account_id=1), []
    await live.join(seat)
    real, failures = event_source.events_after, []

    def stumble(last_id: int) -> Any:
        if len(failures) < 3:
            failures.append(1)
            raise OperationalError("gone for a moment")
        return real(last_id)

    monkeypatch.setattr(event_source, "events_after", stumble)

    async def send(text: str) -> None:
        sent.append(text)

    task = asyncio.create_task(seat.run(send))
    await sync_to_async(LiveEvent.objects.create)(account_id=1, topic="equity", ts=TS)
    await asyncio.sleep(0.6)
    task.cancel()
    live.leave(seat)
    assert len(failures) == 3
    assert '"equity"' in sent[0]


async def test_a_message_is_encoded_once_for_a_whole_account(monkeypatch: pytest.MonkeyPatch) -> None:
    live = Broadcaster(system_runtime().clock, poll_seconds=0.02)
    seats = [Seat(user_id=number, account_id=1 + number % 2) for number in range(200)]
    for seat in seats:
        await live.join(seat)
    calls: list[int] = []
    real = broadcasting.messages.encode_changed

    def count(events: Any) -> str:
        calls.append(len(events))
        return real(events)

    monkeypatch.setattr(broadcasting.messages, "encode_changed", count)
    await sync_to_async(LiveEvent.objects.create)(account_id=None, topic="incident", ts=TS)
    await asyncio.sleep(0.4)
    for seat in seats:
        live.leave(seat)
    assert calls == [1, 1]
    assert {seat._slot for seat in seats} == {seats[0]._slot}


def _log_out(key: str) -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    client.post("/logout/")
