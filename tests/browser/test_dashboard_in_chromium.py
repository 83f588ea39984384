"""The dashboard as a person uses it: log in, look, stop, start, lose the connection, come back.

Never `wait_for_function` here: it evaluates text in the page, which our own policy forbids.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from autotrader.lib.runtime import system_runtime
from tests.browser.conftest import ARTEFACTS, PASSWORD
from tests.browser.server import AppServer
from tests.factories.demo import Demo
from trading.domain.trading_state import TradingState
from trading.models import AccountControl, AuditLine, Intent
from trading.services.record_event import record_event
from trading.services.set_trading_state import set_trading_state

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]

OpenPage = Callable[..., Any]
PAGES = ["/", "/decisions/", "/trades/", "/audit/", "/licences/"]
LIVE = '#live[data-state="live"]'
EXPECTED_WHEN_LOST = ("ERR_CONNECTION_REFUSED", "WebSocket", "htmx:sendError", "htmx:afterRequest")
STALE = '#live[data-state="stale"]'


def _in_another_thread(work: Callable[[], object]) -> None:
    def run() -> None:
        work()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def _picture(page: Any, name: str) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=str(ARTEFACTS / f"{name}.png"), full_page=True)


def test_a_person_logs_in_and_sees_the_dashboard(open_page: OpenPage, server: AppServer) -> None:
    page = open_page(role=None, path="/trades/")
    assert page.url == f"{server.url}/login/?next=/trades/"
    page.fill("#id_username", "viewer")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server.url}/trades/")
    page.click("text=Dashboard")
    page.wait_for_selector(LIVE)
    page.wait_for_selector("[data-price-chart] canvas")
    page.wait_for_selector("[data-price-chart] [data-note]", state="hidden")
    page.wait_for_selector("[data-equity-chart] [data-note]", state="hidden")
    assert "BTCUSDT" in page.inner_text("#price-title")
    _picture(page, "dashboard-1440-light")


def test_the_loop_is_toggled_without_a_reload(open_page: OpenPage, demo: Demo) -> None:
    page = open_page("trader")
    page.wait_for_selector(LIVE)
    page.evaluate("window.sameDocument = true")
    page.click("#loop-switch")
    page.wait_for_selector("#loop-state:has-text('Stopped')")
    assert not AccountControl.objects.get(account=demo.account).is_enabled
    page.click("#loop-switch")
    page.wait_for_selector("#loop-state:has-text('Running')")
    assert AccountControl.objects.get(account=demo.account).is_enabled
    assert page.evaluate("window.sameDocument") is True


def test_the_emergency_stop_asks_once_and_halts(open_page: OpenPage, demo: Demo) -> None:
    page = open_page("viewer", path="/trades/")
    page.click("#emergency-stop")
    assert page.is_visible("#stop-dialog")
    page.keyboard.press("Escape")
    assert not page.is_visible("#stop-dialog")
    assert AccountControl.objects.get(account=demo.account).trading_state == "ACTIVE"
    page.click("#emergency-stop")
    page.fill("#stop-reason", "Something looks wrong")
    _picture(page, "emergency-stop")
    page.click("#stop-confirm")
    page.wait_for_selector("#trading-state:has-text('HALTED')")
    page.wait_for_selector(".toast:has-text('Emergency stop')")
    assert not page.is_visible("#stop-dialog")
    control = AccountControl.objects.get(account=demo.account)
    assert (control.trading_state, control.is_enabled, control.changed_by) == ("HALTED", False, "viewer")
    assert AuditLine.objects.filter(kind="emergency_stop").exists()


def test_what_another_process_does_appears_without_a_reload(open_page: OpenPage, demo: Demo) -> None:
    page = open_page("viewer")
    page.wait_for_selector(LIVE)
    page.evaluate("window.sameDocument = true")

    def reduce() -> None:
        set_trading_state(
            runtime=system_runtime(), account=demo.account, state=TradingState.REDUCING, reason="Elsewhere", by="script"
        )

    _in_another_thread(reduce)
    page.wait_for_selector("#trading-state:has-text('REDUCING')", timeout=5000)
    assert "Elsewhere" in page.inner_text("#part-status")
    assert page.evaluate("window.sameDocument") is True


def test_a_lost_server_is_said_and_what_was_missed_is_made_up_for(
    open_page: OpenPage, demo: Demo, server: AppServer
) -> None:
    page = open_page("viewer")
    page.wait_for_selector(LIVE)
    page.evaluate("window.sameDocument = true")
    server.kill()
    page.wait_for_selector(STALE)
    assert page.inner_text("#live").startswith("Stale since ")
    _in_another_thread(
        lambda: set_trading_state(
            runtime=system_runtime(), account=demo.account, state=TradingState.HALTED, reason="Meanwhile", by="script"
        )
    )
    server.start()
    page.wait_for_selector(LIVE, timeout=40000)
    page.wait_for_selector("#trading-state:has-text('HALTED')")
    assert page.evaluate("window.sameDocument") is True
    refused = [text for text in open_page.complaints if any(word in text for word in EXPECTED_WHEN_LOST)]  # type: ignore[attr-defined]
    open_page.complaints[:] = [text for text in open_page.complaints if text not in refused]  # type: ignore[attr-defined]


def test_a_plan_is_rejected_from_the_page_before_it_expires(open_page: OpenPage, demo: Demo) -> None:
    page = open_page("trader")
    assert ":" in page.inner_text(".plan [x-text=words]")
    page.click(".plan button:has-text('Reject')")
    page.wait_for_selector(".toast:has-text('nothing is sent')")
    page.wait_for_selector("#part-approvals[hidden]", state="attached")
    assert Intent.objects.filter(state="DENIED").count() == 1


def test_decisions_are_filtered_and_stay_so_when_news_comes(open_page: OpenPage, demo: Demo) -> None:
    page = open_page("viewer")
    page.wait_for_selector(LIVE)
    assert page.locator("#part-decisions .act--HOLD").count() > 0
    page.click("#decisions-acting")
    page.wait_for_selector('#part-decisions[data-params="acting=1"]')
    assert page.locator("#part-decisions .act--HOLD").count() == 0
    page.locator("#part-decisions summary").first.click()
    first = page.locator("#part-decisions details").first.get_attribute("id")
    with page.expect_response("**/fragments/?names=*decisions*acting=1*"):
        _in_another_thread(lambda: _decision_event(demo))
    page.wait_for_timeout(200)
    assert page.locator("#part-decisions .act--HOLD").count() == 0
    assert page.locator(f"#{first}").get_attribute("open") is not None


def test_another_instrument_and_range_are_one_press_away(open_page: OpenPage) -> None:
    page = open_page("viewer")
    page.wait_for_selector("[data-price-chart] [data-note]", state="hidden")
    with page.expect_response("**/charts/price/ETHUSDT/?range=1d"):
        page.click("[data-instrument=ETHUSDT]")
    page.wait_for_selector("[data-symbol]:text-is('ETHUSDT')")
    with page.expect_response("**/charts/price/ETHUSDT/?range=6h"):
        page.locator("[data-price-chart] [data-range='6h']").press("Enter")
    assert page.get_attribute("[data-instrument=ETHUSDT]", "aria-pressed") == "true"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_never_scrolls_sideways(open_page: OpenPage, demo: Demo, scheme: str, server: AppServer) -> None:
    page = open_page("operator", width=390, scheme=scheme)
    for path in [*PAGES, f"/decisions/{demo.acting[0].id}/"]:
        page.goto(server.url + path)
        page.wait_for_selector(LIVE)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        left, right = page.evaluate(
            "(({left, right}) => [left, right])(document.getElementById('emergency-stop').getBoundingClientRect())"
        )
        assert 0 <= left < right <= 390
        _picture(page, f"phone-{scheme}{path.replace('/', '-')[:12]}")


def test_colours_follow_the_system_and_the_switch(open_page: OpenPage) -> None:
    page = open_page("viewer", scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.click("[aria-label^='Colours']")
    page.wait_for_selector("html[data-theme=light]", state="attached")
    assert page.evaluate(ground) != dark
    page.reload()
    assert page.evaluate(ground) != dark
    _picture(page, "dashboard-switched-to-light")


def test_every_control_has_a_name(open_page: OpenPage) -> None:
    page = open_page("operator")
    page.wait_for_selector(LIVE)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, a, input:not([type=hidden]), select')]
            .filter(element => !(element.textContent.trim() || element.ariaLabel || element.labels?.length))
            .map(element => element.outerHTML)"""
    )
    assert nameless == []


def _decision_event(demo: Demo) -> None:
    record_event(runtime=system_runtime(), account_id=demo.account.id, topic="decision", payload={})
