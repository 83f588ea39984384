"""A real Chromium against a real server. Every page must stay free of console errors and CSP violations."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from autotrader.frontend import missing_files
from dashboard.access.ensure_roles import ensure_roles
from dashboard.access.roles import Role
from tests.browser.server import ROOT, AppServer
from tests.factories.demo import Demo, write_demo

ARTEFACTS = ROOT / "artefacts"
PASSWORD = "a-long-password"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def _chromium_path() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("Chromium is not installed on this machine")
    return path


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    path = _chromium_path()
    if missing_files(Path(settings.VENDOR_DIR)):
        pytest.skip("the front-end packages are not installed: run `manage.py install_frontend`")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    # Playwright's synchronous face keeps a loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def server(transactional_db: None) -> Iterator[AppServer]:
    app = AppServer()
    app.start()
    yield app
    app.kill()


@pytest.fixture
def demo(transactional_db: None) -> Demo:
    groups = ensure_roles()
    for role in Role:
        user = get_user_model().objects.create_user(username=role.value, password=PASSWORD)
        user.groups.add(groups[role])
    return write_demo(days=2, symbols=3, hold_hours=1)


@pytest.fixture
def open_page(chromium: Any, demo: Demo, server: AppServer) -> Iterator[Callable[..., Any]]:
    """A page of a logged-in person; the test fails for any console error or CSP violation it did not expect."""
    complaints: list[str] = []
    contexts: list[Any] = []

    def make(role: str | None = "operator", width: int = 1440, scheme: str = "light", path: str = "/") -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, timezone_id="Europe/Berlin", locale="en-GB"
        )
        contexts.append(context)
        if role is not None:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": _session(role), "url": server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"page error: {error}"))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(server.url + path)
        return page

    make.complaints = complaints  # type: ignore[attr-defined]
    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def _session(role: str) -> str:
    client = Client()
    client.force_login(get_user_model().objects.get(username=role), backend="django.contrib.auth.backends.ModelBackend")
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)
