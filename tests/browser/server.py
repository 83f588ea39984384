"""The application on a real port in its own process, on the test's database: it can be killed and started again."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 40.0


class AppServer:
    """daphne with the platform's ASGI application. `url` is its address."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._log = Path(settings.VAR_DIR) / f"browser-test-server-{self.port}.log"

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "daphne",
            "-b",
            "127.0.0.1",
            "-p",
            str(self.port),
            "autotrader.asgi:application",
        ]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=self._environment(), stdout=log, stderr=log)
        self._wait_until_it_answers()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "autotrader.settings.test",
            "VAR_DIR": str(settings.VAR_DIR),
            "DATABASE_URL": _test_database_url(),
            "ENV_FILE": os.devnull,
        }

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/login/", timeout=5):
                    return
            except OSError:
                time.sleep(0.2)
        raise AssertionError(f"the server did not answer: {self._log.read_text()[-2000:]}")


def _test_database_url() -> str:
    """The address of the database this test runs on, as another process needs it."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(settings.AUTOTRADER.database_url)._replace(path=f"/{name}"))
