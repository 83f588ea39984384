"""Which file is a recording of what: symbol and interval from the file's name, or said outright."""

import re
from dataclasses import dataclass
from pathlib import Path

from autotrader.lib.errors import BadInput
from trading.domain.bar import Interval

ACCEPTED_NAMES = (
    "accepted are names such as binance-spot_BTCUSDT_1m.csv.gz, SPY_5m.csv, BTCUSDT-1m-2024-01.zip, "
    "or SYMBOL:INTERVAL:FILE with an interval of " + ", ".join(Interval)
)

_INTERVALS = "|".join(Interval)
_SYMBOL = r"[A-Z0-9][A-Z0-9.]*"
_CSV_NAME = re.compile(rf"(?:^|_)(?P<symbol>{_SYMBOL})_(?P<interval>{_INTERVALS})(?:_[^/]*)?\.csv(?:\.gz)?$")
_ZIP_NAME = re.compile(rf"^(?P<symbol>{_SYMBOL})-(?P<interval>{_INTERVALS})-[0-9-]+\.(?:zip|csv(?:\.gz)?)$")
_EXPLICIT = re.compile(rf"^(?P<symbol>{_SYMBOL}):(?P<interval>[^:/\\]+):(?P<path>.+)$")


@dataclass(frozen=True, slots=True)
class RecordingSource:
    """One file with bars of one symbol and interval."""

    path: Path
    symbol: str
    interval: Interval


def parse_source(text: str | Path, *, symbol: str = "", interval: str = "") -> RecordingSource:
    """The source named by `text`: a path whose name says symbol and interval, or `SYMBOL:INTERVAL:path`.

    `symbol` and `interval`, where given, win over the name. Raises BadInput when one of the two stays unknown.
    """
    explicit = _EXPLICIT.match(str(text))
    path = Path(explicit["path"] if explicit else text)
    found = explicit or _CSV_NAME.search(path.name) or _ZIP_NAME.match(path.name)
    symbol = (symbol or (found["symbol"] if found else "")).upper()
    interval = interval or (found["interval"] if found else "")
    if not symbol or not interval:
        raise BadInput(f"{path}: the file name does not say symbol and interval; {ACCEPTED_NAMES}")
    if not re.fullmatch(_SYMBOL, symbol):
        raise BadInput(f"{symbol!r} is not a symbol; accepted are letters, digits and points, such as BTCUSDT or BRK.B")
    return RecordingSource(path, symbol, parse_interval(interval))


def parse_interval(text: str) -> Interval:
    """`text` as an interval. Raises BadInput that lists the accepted ones."""
    try:
        return Interval(text)
    except ValueError as error:
        raise BadInput(f"{text!r} is not an interval; accepted are {', '.join(Interval)}") from error
