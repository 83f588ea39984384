"""M37: a live dashboard over websockets, with everything a person needs to see and the emergency stop.

The same in a real browser stands in `tests/browser`; this one runs without Chromium.
"""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from autotrader.asgi import application
from autotrader.lib.runtime import system_runtime
from dashboard.access.ensure_roles import ensure_roles
from dashboard.access.roles import Role
from tests.factories.demo import write_demo
from trading.models import AccountControl
from trading.services.set_loop_enabled import set_loop_enabled

pytestmark = pytest.mark.django_db(transaction=True)

PROMISED = {
    "running or stopped": 'id="loop-state">Running',
    "trading state": 'id="trading-state"',
    "market label": "SIMULATED",
    "last decisions": 'id="part-decisions"',
    "trades executed": "Trades executed",
    "open positions": "to stop</span>",
    "who decides": "Built-in rules",
    "market data": "data-price-chart",
    "performance chart": "data-equity-chart",
    "health": 'id="part-health"',
    "break-even beside the win rate": "winners to break even, before costs",
    "emergency stop": 'id="emergency-stop"',
}


def _viewer() -> Client:
    user = get_user_model().objects.create_user(username="viewer", password="a-long-password")
    user.groups.add(ensure_roles()[Role.VIEWER])
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_page_shows_everything_that_is_promised() -> None:
    write_demo(days=1, symbols=2, hold_hours=1)
    page = _viewer().get("/").content.decode()
    assert [promise for promise, trace in PROMISED.items() if trace not in page] == []


async def test_a_switch_turned_elsewhere_reaches_an_open_page() -> None:
    demo = await sync_to_async(write_demo)(days=1, symbols=1, hold_hours=1)
    client = await sync_to_async(_viewer)()
    page = (await sync_to_async(client.get)("/")).content.decode()
    socket = await _open_socket(client, demo.account.id, _event_of(page))
    assert (await socket.receive_json_from(5))["topic"] == "hello"

    await sync_to_async(set_loop_enabled)(runtime=system_runtime(), account=demo.account, is_enabled=False, by="api")

    news = await socket.receive_json_from(5)
    assert news["topics"] == ["control"]
    part = await sync_to_async(client.get)("/fragments/?names=status", headers={"HX-Request": "true"})
    assert 'id="loop-state">Stopped' in part.content.decode()
    await socket.disconnect()


async def test_after_a_broken_connection_nothing_is_missed() -> None:
    demo = await sync_to_async(write_demo)(days=1, symbols=1, hold_hours=1)
    client = await sync_to_async(_viewer)()
    seen = _event_of((await sync_to_async(client.get)("/")).content.decode())
    await sync_to_async(set_loop_enabled)(runtime=system_runtime(), account=demo.account, is_enabled=False, by="api")
    socket = await _open_socket(client, demo.account.id, seen)
    assert "control" in (await socket.receive_json_from(5))["topics"]
    await socket.disconnect()


def test_the_emergency_stop_works_for_the_smallest_role() -> None:
    demo = write_demo(days=1, symbols=1, hold_hours=1)
    _viewer().post("/actions/emergency-stop/")
    control = AccountControl.objects.get(account=demo.account)
    assert (control.trading_state, control.is_enabled) == ("HALTED", False)


def _event_of(page: str) -> int:
    return int(page.split('data-event="')[1].split('"')[0])


async def _open_socket(client: Client, account_id: int, after: int) -> Any:
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    headers = [(b"cookie", cookie.encode()), (b"origin", b"http://127.0.0.1"), (b"host", b"127.0.0.1")]
    socket = WebsocketCommunicator(application, f"/ws/live/?account={account_id}&after={after}", headers=headers)
    assert (await socket.connect(timeout=5))[0]
    return socket
