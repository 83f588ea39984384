"""One embedded platform as a child process that can be watched, killed and stopped."""

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SPEED = 10


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PlatformProcess:
    """Started on `var_dir`; `ready` is set when it says so."""

    def __init__(self, var_dir: Path, port: int, seed: int) -> None:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "autotrader.settings.development",
            "ENV_FILE": os.devnull,
            "VAR_DIR": str(var_dir),
            "DATABASE_URL": "",
            "MARKET": "simulated",
            "SIMULATION_SPEED": str(SPEED),
            "CHECK_INTERVAL": str(SPEED),
            "BIND_PORT": str(port),
            "SOAK_SEED": str(seed),
        }
        self.lines: list[str] = []
        self.ready = threading.Event()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.busy_platform"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def is_alive(self) -> bool:
        return self._child.poll() is None

    def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is flushed."""
        os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
        self._reader.join()

    def interrupt(self, timeout_seconds: float) -> int:
        """Ctrl-C, as a person would; the exit code. Raises TimeoutExpired when it does not end in time."""
        self._child.send_signal(signal.SIGINT)
        code = self._child.wait(timeout_seconds)
        self._reader.join()
        return code

    def _read(self) -> None:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            self.lines.append(line.rstrip())
            if line.startswith("Ready:"):
                self.ready.set()
