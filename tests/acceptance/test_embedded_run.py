"""`manage.py run` as a newcomer meets it: it starts, says where to click, ends on Ctrl-C, and goes on where it was."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.soak.process import ROOT, PlatformProcess, free_port

READY_SECONDS = 60
STOP_SECONDS = 10

pytestmark = pytest.mark.timeout(180)


def _run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A `manage.py` command with an environment of its own, without the machine's .env."""
    environment = {**os.environ, "DATABASE_URL": "", "ENV_FILE": os.devnull, "MARKET": "simulated", **variables}
    environment["DJANGO_SETTINGS_MODULE"] = "autotrader.settings.development"
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _started(folder: Path, port: int) -> PlatformProcess:
    platform = PlatformProcess(folder, port, seed=1)
    assert platform.ready.wait(READY_SECONDS), platform.lines
    return platform


def _get(port: int, path: str) -> tuple[int, str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.status, answer.read().decode()


def test_it_starts_stops_and_goes_on_where_it_was(tmp_path: Path) -> None:
    port = free_port()
    first = _started(tmp_path, port)
    try:
        assert _get(port, "/healthz")[0] == 200
        assert "autotrader" in _get(port, "/login/")[1]
        time.sleep(3)
    finally:
        code = first.interrupt(STOP_SECONDS)
    said = "\n".join(first.lines)
    assert code == 0
    assert f"open http://127.0.0.1:{port}/" in said
    assert "password" in said
    assert "SIMULATED" in said
    assert said.endswith("Stopped.")
    before = _loop_status(tmp_path)

    second = _started(tmp_path, port)
    time.sleep(3)
    assert second.interrupt(STOP_SECONDS) == 0
    assert "password" not in "\n".join(second.lines)
    after = _loop_status(tmp_path)
    assert after["loop_iterations"] > before["loop_iterations"] > 0
    assert _run("verify_audit", VAR_DIR=str(tmp_path)).returncode == 0


def _loop_status(folder: Path) -> dict[str, int]:
    answer = _run("loop_status", "--json", VAR_DIR=str(folder))
    assert answer.returncode == 0, answer.stderr
    status: dict[str, int] = json.loads(answer.stdout)
    return status


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        answer = _run("run", "--no-history", VAR_DIR=str(tmp_path), BIND_PORT=port)
    assert answer.returncode == 1
    assert answer.stderr.strip().splitlines() == [
        f"CommandError: 127.0.0.1:{port} cannot be used (Address already in use). "
        "Start with another port: make run BIND_PORT=8001"
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("CHECK_INTERVAL=soon\n", "CHECK_INTERVAL"),
        ("this is no setting\n", "line 1"),
        ("MAX_POSITON_SIZE=0.5\n", "did you mean MAX_POSITION_SIZE"),
        ("MARKET=moon\n", "auto, binance, simulated, replay"),
    ],
)
def test_a_broken_env_file_is_one_clear_line(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / ".env"
    file.write_text(text, encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if key not in {"CHECK_INTERVAL", "MARKET"}}
    environment |= {"ENV_FILE": str(file), "VAR_DIR": str(tmp_path / "var"), "DATABASE_URL": ""}
    environment["DJANGO_SETTINGS_MODULE"] = "autotrader.settings.development"
    answer = subprocess.run(
        [sys.executable, "manage.py", "run"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    lines = answer.stderr.strip().splitlines()
    assert answer.returncode == 1
    assert len(lines) == 1
    assert named in lines[0]
    assert not (tmp_path / "var" / "autotrader.sqlite3").exists()


def test_a_kill_leaves_nothing_that_the_next_start_cannot_use(tmp_path: Path) -> None:
    port = free_port()
    platform = _started(tmp_path, port)
    time.sleep(2)
    platform.kill()
    again = _started(tmp_path, port)
    assert again.interrupt(STOP_SECONDS) == 0
    assert _run("verify_audit", VAR_DIR=str(tmp_path)).returncode == 0
