"""The embedded platform from start to end: checks, preparation, parts, web server, and a clean stop.

Start-up and crash recovery are the same path: whatever a `kill -9` left behind is made good here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autotrader.embedded import preparation, welcome
from autotrader.embedded.parts import Parts
from autotrader.embedded.preflight import PlatformLock, require_free_port
from autotrader.embedded.server import serve
from autotrader.settings.environment import Environment

STOP_SECONDS = 8.0
Say = Callable[[str], None]


@dataclass(frozen=True)
class EmbeddedPlatform:
    """One run of the platform in this process. `say` tells the person at the terminal."""

    environment: Environment
    vendor_dir: Path
    say: Say
    with_history: bool = True

    def run(self) -> None:
        """Run until Ctrl-C or SIGTERM. Raises CannotStart with one clear line when that is not possible."""
        require_free_port(self.environment.bind_host, self.environment.bind_port)
        with PlatformLock(self.environment.var_dir / "platform.lock"):
            self._tell(welcome.opening_lines())
            prepared = preparation.prepare(
                self.environment, self.vendor_dir, say=self.say, with_history=self.with_history
            )
            if prepared.credentials is not None:
                self._tell(welcome.password_lines(prepared.credentials.name, prepared.credentials.password))
            self._serve(prepared)

    def _serve(self, prepared: preparation.Prepared) -> None:
        parts = Parts(prepared.account)
        parts.start()
        try:
            serve(
                "autotrader.asgi.application",
                self.environment.bind_host,
                self.environment.bind_port,
                when_ready=lambda: self._announce(prepared, parts),
            )
        finally:
            self.say("Stopping …")
            busy = parts.stop(STOP_SECONDS)
            self.say(f"Stopped; still busy and cut off: {', '.join(busy)}." if busy else "Stopped.")

    def _announce(self, prepared: preparation.Prepared, parts: Parts) -> None:
        parts.run_first_cycle()
        self._tell(welcome.ready_lines(prepared.facts))

    def _tell(self, lines: list[str]) -> None:
        for line in lines:
            self.say(line)
