"""The web server of the embedded process: daphne, which must own the main thread (Twisted's signals)."""

from collections.abc import Callable

from daphne.server import Server
from django.core.asgi import get_asgi_application
from django.utils.module_loading import import_string

# Twisted closes idle keep-alive connections itself; a socket that stays silent is pinged.
WEBSOCKET_PING_SECONDS = 20
APPLICATION_CLOSE_SECONDS = 3


def serve(application_path: str, host: str, port: int, when_ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM. `when_ready` is called once the port listens."""
    get_asgi_application()
    interface = host.replace(":", r"\:")
    server = Server(
        application=import_string(application_path),
        endpoints=[f"tcp:port={port}:interface={interface}"],
        signal_handlers=True,
        ready_callable=when_ready,
        ping_interval=WEBSOCKET_PING_SECONDS,
        application_close_timeout=APPLICATION_CLOSE_SECONDS,
        server_name="autotrader",
        verbosity=0,
    )
    server.run()
