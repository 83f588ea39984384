"""Picks the adapters for bringing in history: recordings from files, downloads from Binance or Yahoo."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from autotrader.lib.clock import Clock
from autotrader.lib.errors import BadInput
from autotrader.settings.environment import Environment
from trading.adapters.binance import BinancePublicFeed
from trading.adapters.calendars import calendar_for
from trading.adapters.recording import RecordingSource, parse_source, read_bars
from trading.adapters.recording.columns import Recording
from trading.adapters.recording.instruments import infer_instrument
from trading.adapters.yahoo import YahooFeed
from trading.domain.bar import Bar, Interval
from trading.domain.bar_gate import BarGate
from trading.domain.instrument import Instrument
from trading.ports import Feed, SessionCalendar

BINANCE, YAHOO = "binance", "yahoo"
SOURCES = (BINANCE, YAHOO)


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """A recording that was read once and found sound."""

    source: RecordingSource
    instrument: Instrument

    @property
    def label(self) -> str:
        return self.source.path.name

    def read(self) -> Iterable[Bar]:
        return read_bars(self.source)


def open_recording(name: str, *, symbol: str = "", interval: str = "") -> RecordedFile:
    """Read and check the whole file. Raises BadInput as the readers do."""
    source = parse_source(name, symbol=symbol, interval=interval)
    return RecordedFile(source, infer_instrument(Recording(source)))


def build_gate(instrument: Instrument, interval: Interval) -> tuple[BarGate, SessionCalendar]:
    """The gate for one instrument and the calendar it judges by."""
    calendar = calendar_for(instrument.calendar)
    return BarGate(interval, calendar, instrument.asset_class), calendar


def build_history_feed(source: str, symbols: Sequence[str], clock: Clock, environment: Environment) -> Feed:
    """The feed called `source`. Raises BadInput for another name."""
    builders: dict[str, Callable[[], Feed]] = {
        BINANCE: lambda: BinancePublicFeed(clock, symbols, base_url=environment.urls.binance_rest),
        YAHOO: lambda: YahooFeed(clock, symbols),
    }
    if source not in builders:
        raise BadInput(f"{source!r} is not a source of bars; accepted are {', '.join(SOURCES)}")
    return builders[source]()
