"""`import_bars` and `fetch_bars` as a person uses them: reports, resume, clear refusals, nothing half-written."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

import trading.management.commands.fetch_bars as fetch_command
from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import seeded_runtime
from tests.peers.binance_public import MINUTE_MS, BinancePeer, Fault, binance_peer, kline
from tests.shared_data import shared_file
from tests.trading.market.makers import utc
from trading.models import BarRow, InstrumentRow

pytestmark = pytest.mark.django_db

HEADER = "open_time,open,high,low,close,volume\n"
T0 = 1774267740000
NOW = utc(2026, 4, 1, 12, 0, 30)
NOON_MS = 1775044800000


def _lines(*numbers: int) -> str:
    return HEADER + "".join(f"{T0 + number * MINUTE_MS},100,101,99,100.5,3\n" for number in numbers)


def _file(folder: Path, text: str, name: str = "BTCUSDT_1m.csv") -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def _run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_import_reports_what_came_and_what_is_missing(tmp_path: Path) -> None:
    text = _run("import_bars", _file(tmp_path, _lines(0, 1, 2, 5, 6)))
    assert "BTCUSDT 1m, 5 bars, 2026-03-23 12:09 to 2026-03-23 12:15 UTC; 5 new" in text
    assert "2 bars missing in 1 places" in text
    assert "2026-03-23 12:12 to 2026-03-23 12:13 UTC: 2 bars" in text
    row = InstrumentRow.objects.get()
    assert (row.venue, row.symbol, row.is_in_universe) == ("recorded", "BTCUSDT", False)
    assert BarRow.objects.count() == 5


def test_import_again_and_resume_add_only_what_is_new(tmp_path: Path) -> None:
    path = _file(tmp_path, _lines(0, 1, 2))
    _run("import_bars", path)
    assert "; 0 new" in _run("import_bars", path)
    _file(tmp_path, _lines(0, 1, 2, 3))
    assert "; 1 new" in _run("import_bars", path, "--resume")


def test_a_dry_run_stores_nothing(tmp_path: Path) -> None:
    assert "nothing stored (dry run)" in _run("import_bars", _file(tmp_path, _lines(0)), "--dry-run")
    assert InstrumentRow.objects.count() == 0


def test_import_speaks_json(tmp_path: Path) -> None:
    (report,) = json.loads(_run("import_bars", _file(tmp_path, _lines(0, 2)), "--json"))
    assert (report["symbol"], report["interval"], report["bars"], report["stored"], report["missing"]) == (
        "BTCUSDT", "1m", 2, 2, 1,
    )  # fmt: skip
    assert report["gaps"] == [{"first": "2026-03-23T12:10:00Z", "last": "2026-03-23T12:10:00Z", "bars": 1}]


def test_one_bad_file_stops_all_before_anything_is_stored(tmp_path: Path) -> None:
    good = _file(tmp_path, _lines(0, 1))
    bad = _file(tmp_path, _lines(0) + f"{T0 + MINUTE_MS},NaN,1,1,1,1\n", "ETHUSDT_1m.csv")
    with pytest.raises(CommandError, match=r"ETHUSDT_1m\.csv, line 3: open 'NaN' is not a finite number"):
        _run("import_bars", good, bad)
    assert BarRow.objects.count() == 0
    assert InstrumentRow.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("BTCUSDT_1m.csv", "", "no bars in this file"),
        ("BTCUSDT_1m.csv", "a,b\n1,2\n", "lacks open_time"),
        ("prices.csv", "x", "does not say symbol and interval"),
        ("BTCUSDT_1m.xlsx", "x", "does not say symbol and interval"),
    ],
)
def test_what_cannot_be_imported_is_explained(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        _run("import_bars", _file(tmp_path, text, name))


def test_symbol_and_interval_can_be_said(tmp_path: Path) -> None:
    path = _file(tmp_path, _lines(0), "prices.csv")
    assert "ETHUSDT 1m, 1 bars" in _run("import_bars", path, "--symbol", "ethusdt", "--interval", "1m")
    with pytest.raises(CommandError, match="'2m' is not an interval; accepted are 1m, 5m"):
        _run("import_bars", path, "--symbol", "ETHUSDT", "--interval", "2m")


def test_real_bars_are_kept_out_of_the_simulated_venue(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="holds simulated prices"):
        _run("import_bars", _file(tmp_path, _lines(0)), "--venue", "paper-simulated")


def test_jumps_are_pointed_out(tmp_path: Path) -> None:
    text = _lines(0) + f"{T0 + MINUTE_MS},150,151,149,150,3\n"
    assert "price jumped by 49.3%" in _run("import_bars", _file(tmp_path, text))


def test_bars_outside_the_session_are_left_out_and_counted() -> None:
    path = shared_file("us-stocks", "IBM_1m_2013-10_extended-hours.csv.gz")
    text = _run("import_bars", str(path))
    assert "bars outside the session left out" in text
    assert not BarRow.objects.filter(open_time__hour__lt=13).exists()


@pytest.fixture
def peer(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[BinancePeer]:
    with binance_peer() as running:
        running.server_time = NOW
        running.klines["BTCUSDT"] = [kline(NOON_MS + number * MINUTE_MS) for number in range(-3000, 1)]
        running.symbols = [
            {
                "symbol": "BTCUSDT",
                "status": "TRADING",
                "baseAsset": "BTC",
                "quoteAsset": "USDT",
                "filters": [
                    {"filterType": "PRICE_FILTER", "tickSize": "0.01000000"},
                    {"filterType": "LOT_SIZE", "minQty": "0.00001000", "stepSize": "0.00001000"},
                ],
            }
        ]
        urls = replace(settings.AUTOTRADER.urls, binance_rest=running.url)
        settings.AUTOTRADER = replace(settings.AUTOTRADER, urls=urls)
        runtime = seeded_runtime(VirtualClock(NOW), 1)
        monkeypatch.setattr(fetch_command, "system_runtime", lambda: runtime)
        yield running


def _klines_asked(peer: BinancePeer) -> int:
    return sum(path.endswith("/klines") for path, _ in peer.requests)


def test_fetch_stores_the_span_and_asks_again_for_nothing(peer: BinancePeer) -> None:
    arguments = ["fetch_bars", "BTCUSDT", "--from", "2026-03-31T00:00", "--to", "2026-04-01T10:00"]
    text = _run(*arguments)
    assert "BTCUSDT 1m: 2040 new, 0 there before, 2040 expected" in text
    assert "no gaps" in text
    asked = _klines_asked(peer)
    assert asked == 3
    assert "0 new, 2040 there before" in _run(*arguments)
    assert _klines_asked(peer) == asked
    row = InstrumentRow.objects.get()
    assert (row.venue, row.tick_size, row.is_in_universe) == ("paper-binance", Decimal("0.01"), False)


def test_fetch_fills_holes_only(peer: BinancePeer) -> None:
    arguments = ["fetch_bars", "BTCUSDT", "--from", "2026-04-01T08:00", "--to", "2026-04-01T10:00", "--json"]
    _run(*arguments)
    BarRow.objects.filter(open_time__gte=utc(2026, 4, 1, 9), open_time__lt=utc(2026, 4, 1, 9, 7)).delete()
    (report,) = json.loads(_run(*arguments))
    assert (report["stored"], report["known"], report["missing"]) == (7, 113, 0)
    assert peer.requests[-1][1]["startTime"] == str(NOON_MS - 180 * MINUTE_MS)


def test_fetch_reports_what_the_exchange_does_not_have(peer: BinancePeer) -> None:
    del peer.klines["BTCUSDT"][-100:-90]
    text = _run("fetch_bars", "BTCUSDT", "--from", "2026-04-01T08:00")
    assert "10 bars missing in 1 places" in text


def test_fetch_is_patient_and_goes_on_after_a_failure(peer: BinancePeer) -> None:
    arguments = ["fetch_bars", "BTCUSDT", "--from", "2026-03-31T00:00", "--to", "2026-04-01T10:00"]
    _run("fetch_bars", "BTCUSDT", "--from", "2026-03-31T00:00", "--to", "2026-03-31T16:40")
    peer.faults = [Fault("status", 200, body='{"symbols": []}')]
    with pytest.raises(CommandError, match="does not offer BTCUSDT"):
        _run(*arguments)
    ok = Fault("status", 200, body=json.dumps({"symbols": peer.symbols}))
    peer.faults = [ok, *[Fault("status", 503)] * 3]
    with pytest.raises(CommandError, match=r"Binance answered 503.*run it again to go on"):
        _run(*arguments)
    assert BarRow.objects.count() == 1000
    peer.faults = [ok, Fault("drop"), Fault("status", 500)]
    assert "1040 new, 1000 there before" in _run(*arguments)


def test_fetch_never_stores_the_running_bar(peer: BinancePeer) -> None:
    _run("fetch_bars", "BTCUSDT", "--from", "2026-04-01T11:00", "--to", "2027-01-01")
    last = BarRow.objects.order_by("-open_time")[0].open_time
    assert last + timedelta(minutes=1) == utc(2026, 4, 1, 12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["BTCUSDT", "--from", "yesterday"], "--from 'yesterday' is not a time; accepted are 2026-03-23"),
        (["BTCUSDT", "--from", "2026-04-01", "--to", "2026-03-01"], "must lie before --to"),
        (["BTCUSDT", "--from", "2027-01-01"], "must lie before --to"),
        (["NOPEUSDT"], "does not know this symbol"),
        (["BTCUSDT", "--venue", "paper-simulated"], "holds simulated prices"),
        (["BTCUSDT", "--source", "yahoo"], "does not offer BTCUSDT"),
    ],
)
def test_what_cannot_be_fetched_is_explained(peer: BinancePeer, arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        _run("fetch_bars", *arguments)
    assert BarRow.objects.count() == 0


def test_without_network_one_line_says_so(settings: Any) -> None:
    urls = replace(settings.AUTOTRADER.urls, binance_rest="http://127.0.0.1:9")
    settings.AUTOTRADER = replace(settings.AUTOTRADER, urls=urls)
    with pytest.raises(CommandError, match="Binance could not be asked"):
        _run("fetch_bars", "BTCUSDT")
