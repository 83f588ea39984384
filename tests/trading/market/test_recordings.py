"""Recordings: every accepted form is read exactly, every bad one is refused with file, line and what is accepted."""

import gzip
import io
import zipfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autotrader.lib.clock import VirtualClock
from autotrader.lib.errors import BadInput
from tests.shared_data import shared_file
from tests.trading.market.makers import utc
from trading.adapters.recording import RecordingFeed, parse_source, read_bars
from trading.adapters.recording.columns import DecimalColumn
from trading.domain.bar import Interval
from trading.domain.instrument import AssetClass
from trading.ports import DataUnavailable

HEADER = "open_time,open,high,low,close,volume\n"
T0 = 1774267740000
GOOD = f"{T0},100,101,99,100.5,3\n{T0 + 60000},100.5,102,100,101.25,4.5\n"


def _write(folder: Path, text: str, name: str = "BTCUSDT_1m.csv") -> Path:
    path = folder / name
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(text.encode()))
    elif name.endswith(".zip"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name.replace(".zip", ".csv"), text)
    else:
        path.write_text(text)
    return path


def _read(path: Path) -> list[tuple[object, ...]]:
    return [(bar.open_time, bar.open, bar.close, bar.volume) for bar in read_bars(parse_source(path))]


@pytest.mark.parametrize(
    ("name", "symbol", "interval"),
    [
        ("binance-spot_BTCUSDT_1m.csv.gz", "BTCUSDT", Interval.M1),
        ("binance-usdtm_NEARUSDT_1m_2023-08_2023-10.csv.gz", "NEARUSDT", Interval.M1),
        ("SPY_5m.csv.gz", "SPY", Interval.M5),
        ("BRK.B_1d.csv", "BRK.B", Interval.D1),
        ("IBM_1m_2013-10_extended-hours.csv.gz", "IBM", Interval.M1),
        ("BTCUSDT-1m-2024-01.zip", "BTCUSDT", Interval.M1),
        ("ETHUSDT-4h-2024-01-31.zip", "ETHUSDT", Interval.H4),
        ("SOLUSDT:15m:/data/whatever.csv", "SOLUSDT", Interval.M15),
    ],
)
def test_symbol_and_interval_come_from_the_name(name: str, symbol: str, interval: Interval) -> None:
    source = parse_source(name)
    assert (source.symbol, source.interval) == (symbol, interval)


def test_options_win_over_the_name() -> None:
    source = parse_source("SPY_5m.csv", symbol="qqq", interval="1m")
    assert (source.symbol, source.interval) == ("QQQ", Interval.M1)


@pytest.mark.parametrize("name", ["prices.csv", "SPY_2m.csv", "SPY_quotes_1m.csv", "BTC:7m:x.csv"])
def test_a_name_that_says_too_little_is_refused_with_examples(name: str) -> None:
    with pytest.raises(BadInput, match="accepted are"):
        parse_source(name)


@pytest.mark.parametrize("name", ["BTCUSDT_1m.csv", "BTCUSDT_1m.csv.gz", "BTCUSDT-1m-2026-03.zip"])
def test_all_packings_read_the_same(tmp_path: Path, name: str) -> None:
    assert _read(_write(tmp_path, HEADER + GOOD, name)) == [
        (utc(2026, 3, 23, 12, 9), Decimal(100), Decimal("100.5"), Decimal(3)),
        (utc(2026, 3, 23, 12, 10), Decimal("100.5"), Decimal("101.25"), Decimal("4.5")),
    ]


def test_stock_files_with_text_times_are_read(tmp_path: Path) -> None:
    path = _write(tmp_path, HEADER + "2025-05-12T13:30:00Z,581.49,581.73,579.22,579.23,2393147\n", "SPY_5m.csv")
    assert _read(path)[0][0] == utc(2025, 5, 12, 13, 30)


def test_columns_may_stand_in_another_order_beside_others(tmp_path: Path) -> None:
    text = f"trades,Close,open_time,open,low,high,volume\n7,100.5,{T0},100,99,101,3\n"
    assert _read(_write(tmp_path, text))[0][1:] == (Decimal(100), Decimal("100.5"), Decimal(3))


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT_1m.csv"
    path.write_bytes(("\ufeff" + HEADER + GOOD).replace("\n", "\r\n").encode())
    assert len(_read(path)) == 2


@pytest.mark.parametrize("factor", [1, 1000])
@pytest.mark.parametrize("header", ["", "open_time,open,high,low,close,volume,close_time,q,n,tb,tq,ignore\n"])
def test_binance_zips_with_and_without_header_in_milli_and_microseconds(
    tmp_path: Path, factor: int, header: str
) -> None:
    line = f"{T0 * factor},100,101,99,100.5,3,{(T0 + 59999) * factor},1,2,3,4,0\n"
    rows = _read(_write(tmp_path, header + line, "BTCUSDT-1m-2026-03.zip"))
    assert rows == [(utc(2026, 3, 23, 12, 9), Decimal(100), Decimal("100.5"), Decimal(3))]


BAD_LINES = {
    "NaN price": (f"{T0},NaN,101,99,100,1\n", "line 2: open 'NaN' is not a finite number"),
    "infinite volume": (f"{T0},100,101,99,100,inf\n", "line 2: volume 'inf' is not a finite number"),
    "word": (f"{T0},100,abc,99,100,1\n", "line 2: high 'abc' is not a number"),
    "empty number": (f"{T0},100,101,99,,1\n", "line 2: close '' is not a number"),
    "zero price": (f"{T0},100,101,0,100,1\n", "line 2: prices must be above zero"),
    "negative volume": (f"{T0},100,101,99,100,-1\n", "line 2: prices must be above zero and the volume not below"),
    "high below low": (f"{T0},100,98,99,100,1\n", "line 2: open 100, high 98, low 99, close 100 do not fit"),
    "reversed time": (f"{T0},100,101,99,100,1\n{T0 - 60000},100,101,99,100,1\n", "line 3: .*order of time"),
    "duplicate": (f"{T0},100,101,99,100,1\n{T0},100,101,99,100,1\n", "line 3: .*stands here twice"),
    "seconds": ("1774267740,100,101,99,100,1\n", "line 2: .*accepted are milliseconds or microseconds"),
    "no zone": ("2026-03-23T12:09:00,100,101,99,100,1\n", "line 2: .*has no time zone"),
    "no time": ("yesterday,100,101,99,100,1\n", "line 2: open_time 'yesterday' is not a time"),
    "short line": (f"{T0},100,101\n", "line 2: 3 fields are too few"),
    "off the grid": (f"{T0 + 1000},100,101,99,100,1\n", "line 2: .*is the interval of the file right"),
    "too many digits": (f"{T0},100,101,99,100,1e400\n", "line 2: volume '1e400' has too many digits"),
    "too fine": (f"{T0},100,101,99,100,0.0000000000000000000001\n", "line 2: .*too many digits"),
    "only a header": ("", "no bars in this file"),
}


@pytest.mark.parametrize("case", BAD_LINES)
def test_a_bad_line_is_refused_with_file_and_line(tmp_path: Path, case: str) -> None:
    lines, message = BAD_LINES[case]
    path = _write(tmp_path, HEADER + lines)
    with pytest.raises(BadInput, match=message) as caught:
        _read(path)
    assert str(path) in caught.value.message


def test_a_wrong_header_names_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"line 1: the header 'time,o,h,l,c' lacks open_time, .*accepted is a header"):
        _read(_write(tmp_path, "time,o,h,l,c\n1,2,3,4,5\n"))


def test_a_missing_header_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="line 1: the header is missing"):
        _read(_write(tmp_path, GOOD))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no bars in this file"):
        _read(_write(tmp_path, ""))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no such file"):
        _read(tmp_path / "BTCUSDT_1m.csv")


def test_a_folder_is_not_a_recording(tmp_path: Path) -> None:
    (tmp_path / "BTCUSDT_1m.csv").mkdir()
    with pytest.raises(BadInput, match="cannot be read"):
        _read(tmp_path / "BTCUSDT_1m.csv")


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path, "x", "prices.parquet")
    with pytest.raises(BadInput, match=r"accepted are \.csv, \.csv\.gz and Binance"):
        list(read_bars(parse_source(f"BTCUSDT:1m:{path}")))


@pytest.mark.parametrize("name", ["BTCUSDT_1m.csv.gz", "BTCUSDT-1m-2026-03.zip"])
def test_a_packed_file_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"this is no archive")
    with pytest.raises(BadInput, match="damaged or cut off"):
        _read(tmp_path / name)


def test_a_cut_off_gzip_is_refused_with_the_last_good_line(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT_1m.csv.gz"
    lines = "".join(f"{T0 + 60000 * n},{100 + n % 9},200,50,{100 + n % 7},{n * 7919 % 10007}\n" for n in range(5000))
    path.write_bytes(gzip.compress((HEADER + lines).encode())[:-400])
    with pytest.raises(BadInput, match=r"after line \d+: the packed file is damaged or cut off"):
        _read(path)


def test_a_zip_with_two_tables_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", GOOD)
        archive.writestr("b.csv", GOOD)
    path = tmp_path / "BTCUSDT-1m-2026-03.zip"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(BadInput, match="2 CSV files inside"):
        _read(path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT_1m.csv"
    path.write_bytes(HEADER.encode() + b"\xff\xfe\x00\x9f\n")
    with pytest.raises(BadInput, match="not text in UTF-8"):
        _read(path)


@given(st.lists(st.decimals(0, 10**6, places=6), min_size=1, max_size=30))
def test_a_column_gives_back_what_was_put_in(values: list[Decimal]) -> None:
    column = DecimalColumn()
    for value in values:
        column.append(value)
    assert [column[index] for index in range(len(column))] == values


def _feed(tmp_path: Path, clock: VirtualClock) -> RecordingFeed:
    return RecordingFeed([_write(tmp_path, HEADER + GOOD)], clock)


def test_a_bar_is_hidden_until_the_clock_reaches_its_close(tmp_path: Path) -> None:
    clock = VirtualClock(utc(2026, 3, 23, 12, 9, 59))
    feed = _feed(tmp_path, clock)
    assert feed.closed_bars("BTCUSDT", Interval.M1, feed.start, feed.end) == []
    assert feed.quote("BTCUSDT") is None
    clock.advance(timedelta(seconds=1))
    assert len(feed.closed_bars("BTCUSDT", Interval.M1, feed.start, feed.end)) == 1
    quote = feed.quote("BTCUSDT")
    assert quote is not None
    assert (quote.last, quote.ts_event) == (Decimal("100.5"), utc(2026, 3, 23, 12, 10))


def test_the_steps_of_a_replay_are_the_close_times(tmp_path: Path) -> None:
    feed = _feed(tmp_path, VirtualClock(utc(2026, 1, 1)))
    assert feed.close_times(feed.start, feed.end) == [utc(2026, 3, 23, 12, 10), utc(2026, 3, 23, 12, 11)]


def test_what_was_not_recorded_is_unavailable_and_not_empty(tmp_path: Path) -> None:
    feed = _feed(tmp_path, VirtualClock(utc(2026, 4, 1)))
    with pytest.raises(DataUnavailable, match="no recording of BTCUSDT 1h"):
        feed.closed_bars("BTCUSDT", Interval.H1, feed.start, feed.end)
    with pytest.raises(DataUnavailable, match="no recording of ETHUSDT"):
        feed.closed_bars("ETHUSDT", Interval.M1, feed.start, feed.end)


def test_files_that_follow_each_other_are_one_recording(tmp_path: Path) -> None:
    first = _write(tmp_path, HEADER + GOOD, "BTCUSDT_1m_a.csv")
    later = _write(tmp_path, HEADER + f"{T0 + 180000},1.123,2,1,1.5,0.00001\n", "BTCUSDT_1m_b.csv")
    feed = RecordingFeed([later, first], VirtualClock(utc(2026, 4, 1)))
    closes = [bar.close for bar in feed.closed_bars("BTCUSDT", Interval.M1, feed.start, feed.end)]
    assert closes == [Decimal("100.5"), Decimal("101.25"), Decimal("1.5")]


def test_files_that_overlap_are_refused_with_both_names(tmp_path: Path) -> None:
    first, again = (_write(tmp_path, HEADER + GOOD, f"BTCUSDT_1m_{part}.csv") for part in "ab")
    with pytest.raises(BadInput, match=r"_b\.csv begins at .* before .*_a\.csv ends"):
        RecordingFeed([first, again], VirtualClock(utc(2026, 4, 1)))


def test_no_files_at_all_are_refused() -> None:
    with pytest.raises(BadInput, match="no recordings were named"):
        RecordingFeed([], VirtualClock(utc(2026, 4, 1)))


def test_a_number_too_large_for_a_column_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path, HEADER + f"{T0},100,101,99,100,1234567890123.12345678\n")
    with pytest.raises(BadInput, match="number with too many digits"):
        RecordingFeed([path], VirtualClock(utc(2026, 4, 1)))


def test_a_crypto_recording_takes_its_grid_from_the_decimals_seen(tmp_path: Path) -> None:
    instrument = _feed(tmp_path, VirtualClock(utc(2026, 4, 1))).instruments()[0]
    assert (instrument.asset_class, instrument.base, instrument.quote) == (AssetClass.CRYPTO, "BTC", "USDT")
    assert (instrument.tick_size, instrument.lot_size) == (Decimal("0.01"), Decimal("0.1"))


def test_a_stock_recording_trades_whole_shares_in_cents_in_new_york(tmp_path: Path) -> None:
    path = _write(tmp_path, HEADER + "2025-05-12T13:30:00Z,581.4912,581.73,579.22,579.23,2393147\n", "GBTC_5m.csv")
    instrument = RecordingFeed([path], VirtualClock(utc(2026, 4, 1))).instruments()[0]
    assert (instrument.asset_class, instrument.calendar) == (AssetClass.STOCK, "XNYS")
    assert (instrument.tick_size, instrument.lot_size) == (Decimal("0.01"), Decimal(1))


def test_real_crypto_recordings_are_read_whole() -> None:
    paths = [shared_file("crypto", f"binance-spot_{symbol}_1m.csv.gz") for symbol in ("BTCUSDT", "SOLUSDT")]
    clock = VirtualClock(utc(2026, 3, 23, 12, 9))
    feed = RecordingFeed(paths, clock)
    assert len(feed.close_times(feed.start, feed.end)) == 32_391
    clock.move_to(feed.end)
    first = feed.closed_bars("BTCUSDT", Interval.M1, feed.start, feed.end)[0]
    assert (first.open, first.high, first.volume) == (Decimal("69979.98"), Decimal("70112.55"), Decimal("32.55652"))


@pytest.mark.parametrize("name", ["SPY_5m.csv.gz", "AAPL_5m.csv.gz"])
def test_real_stock_recordings_lie_in_new_yorks_sessions_without_a_gap(name: str) -> None:
    from trading.adapters.calendars import calendar_for

    found = [bar.open_time for bar in read_bars(parse_source(shared_file("us-stocks", name)))]
    expected = calendar_for("XNYS").expected_open_times(Interval.M5, found[0], found[-1] + timedelta(minutes=5))
    assert found == list(expected)
