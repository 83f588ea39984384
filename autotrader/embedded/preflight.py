"""What is checked before the embedded platform starts, each with one clear line when it is not so."""

import fcntl
import os
import socket
from pathlib import Path
from types import TracebackType

from autotrader.lib.errors import AutotraderError


class CannotStart(AutotraderError):
    """The platform must not or cannot start; the message says why and what to do."""

    code = "cannot_start"


class PlatformLock:
    """Held by the one process that runs on a data directory: two would double every task (two beats)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def __enter__(self) -> "PlatformLock":
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise CannotStart(
                f"Another autotrader already runs on {self._path.parent}. Stop it, or set VAR_DIR to another folder."
            ) from error
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def require_free_port(host: str, port: int) -> None:
    """Raise CannotStart when nothing can listen on host:port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"{host}:{port} cannot be used ({error.strerror}). Start with another port: make run BIND_PORT=8001"
            ) from error
