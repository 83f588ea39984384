"""A small Binance for tests: public REST over a real socket, able to fail on demand."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

MINUTE_MS = 60_000


@dataclass
class Fault:
    """How the next answers go wrong: `kind` is status, slow, half or drop."""

    kind: str
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: str = "{}"
    seconds: float = 0.0


class BinancePeer:
    """What the peer knows and what it was asked. `faults` are used up one for each request, first in, first out."""

    def __init__(self) -> None:
        self.klines: dict[str, list[list[Any]]] = {}
        self.symbols: list[dict[str, Any]] = []
        self.tickers: dict[str, dict[str, Any]] = {}
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.server_time: datetime | None = None
        self.url = ""

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, Any]:
        if path == "/api/v3/ping":
            return 200, {}
        if path == "/api/v3/klines":
            return self._klines(query)
        if path == "/api/v3/exchangeInfo":
            return self._exchange_info(json.loads(query["symbols"]))
        if path == "/api/v3/ticker/24hr":
            known = self.tickers.get(query["symbol"])
            return (200, known) if known else _unknown_symbol()
        return 404, {"code": -1, "msg": "no such path"}

    def _klines(self, query: dict[str, str]) -> tuple[int, Any]:
        rows = self.klines.get(query["symbol"])
        if rows is None:
            return _unknown_symbol()
        low, high = int(query["startTime"]), int(query["endTime"])
        return 200, [row for row in rows if low <= row[0] <= high][: int(query["limit"])]

    def _exchange_info(self, wanted: list[str]) -> tuple[int, Any]:
        found = [item for item in self.symbols if item["symbol"] in wanted]
        if len(found) < len(wanted):
            return _unknown_symbol()
        return 200, {"timezone": "UTC", "serverTime": 0, "symbols": found}


def _unknown_symbol() -> tuple[int, Any]:
    return 400, {"code": -1121, "msg": "Invalid symbol."}


def kline(open_ms: int, close: str = "100.00000000", volume: str = "3.50000000") -> list[Any]:
    """One kline in Binance's shape, flat at `close`."""
    return [open_ms, close, close, close, close, volume, open_ms + MINUTE_MS - 1, "1.0", 7, "1.0", "1.0", "0"]


@contextmanager
def binance_peer() -> Iterator[BinancePeer]:
    """A running peer; `url` is what BINANCE_REST_URL would be."""
    peer = BinancePeer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(peer))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    peer.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(peer: BinancePeer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            peer.requests.append((address.path, query))
            fault = peer.faults.pop(0) if peer.faults else None
            if fault is None:
                status, content = peer.answer(address.path, query)
                self._send(status, json.dumps(content))
            else:
                self._fail(fault)

        def date_time_string(self, timestamp: float | None = None) -> str:
            return format_datetime(peer.server_time, usegmt=True) if peer.server_time else super().date_time_string()

        def _fail(self, fault: Fault) -> None:
            time.sleep(fault.seconds)
            if fault.kind == "drop":
                self.close_connection = True
                self.connection.close()
            elif fault.kind == "half":
                self._send(200, '[[1,"2"', promised=500)
                self.close_connection = True
            else:
                self._send(fault.status, fault.body, fault.headers)

        def _send(self, status: int, body: str, headers: dict[str, str] | None = None, promised: int = 0) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(promised or len(body.encode())))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            """Tests are quiet."""

    return Handler
