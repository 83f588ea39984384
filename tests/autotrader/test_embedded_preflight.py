"""The embedded platform refuses to start twice, or on a port that is taken, with one clear line."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from autotrader.embedded.preflight import CannotStart, PlatformLock, require_free_port

HOLD = """
import sys, time
from pathlib import Path
from autotrader.embedded.preflight import PlatformLock
with PlatformLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=f"127.0.0.1:{port} cannot be used"):
            require_free_port("127.0.0.1", port)


def test_a_free_port_passes() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    require_free_port("127.0.0.1", port)


def test_a_second_process_on_the_same_folder_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "platform.lock"
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline().strip() == "held"
        with pytest.raises(CannotStart, match="already runs"), PlatformLock(path):
            pass
        first.kill()
    with PlatformLock(path):
        pass
