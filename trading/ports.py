"""What the trading floor needs from the world. Each docstring says what an empty answer and what an error mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from autotrader.lib.errors import AutotraderError
from trading.domain.bar import Bar, Interval
from trading.domain.instrument import Instrument
from trading.domain.order import FillReport, OrderReport, Submission


class OrderRejected(AutotraderError):
    """The venue said no, for good. The order does not exist there."""

    code = "order_rejected"


class VenueUnavailable(AutotraderError):
    """Nothing was sent or the venue refused to look: try again after `retry_after_seconds`."""

    code = "venue_unavailable"

    def __init__(self, message: str, *, retry_after_seconds: float = 5.0) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class OrderOutcomeUnknown(AutotraderError):
    """The order may be alive. Ask by client_order_id; never send again."""

    code = "order_outcome_unknown"


class DataUnavailable(AutotraderError):
    """A market data source could not answer. Not the same as an empty answer, which means: no bars there."""

    code = "data_unavailable"


@dataclass(frozen=True, slots=True)
class VenueCapabilities:
    """What a venue can do. `atomic_bracket`: entry, stop and target go in one submission; else entry, then OCO."""

    name: str
    atomic_bracket: bool
    commission_in_base: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """The best known price of an instrument. `bid`/`ask` may equal `last` where a source has no book."""

    symbol: str
    bid: Decimal
    ask: Decimal
    last: Decimal
    ts_event: datetime

    @property
    def mid(self) -> Decimal:
        return (self.bid + self.ask) / 2


class Venue(Protocol):
    """A place that executes orders. Every method may raise VenueUnavailable; only `submit` may raise the other two."""

    @property
    def capabilities(self) -> VenueCapabilities: ...

    def submit(self, submission: Submission) -> Sequence[OrderReport]:
        """Send all legs once; the reports are the venue's acceptance, one for each leg.

        Raises OrderRejected (nothing lives) or OrderOutcomeUnknown (ask later, never resend).
        """
        ...

    def cancel(self, client_order_id: str) -> OrderReport:
        """Ask to cancel; an OCO's other leg goes with it. The report is the state after it (possibly FILLED)."""
        ...

    def order(self, client_order_id: str) -> OrderReport | None:
        """The venue's word on one order; None when it does not know the id (which proves nothing before the fence)."""
        ...

    def open_orders(self) -> Sequence[OrderReport]:
        """All orders now alive at the venue; empty means none."""
        ...

    def fills_after(self, cursor: str) -> tuple[Sequence[FillReport], str]:
        """Executions after `cursor` ("" is the beginning), oldest first, and the new cursor. Empty: nothing new."""
        ...

    def balances(self) -> dict[str, Decimal]:
        """Total balance for each asset, locked amounts included; an asset not named has none."""
        ...


class Feed(Protocol):
    """Where bars come from."""

    @property
    def label(self) -> str:
        """What a person is told about the source: "SIMULATED", "Binance (public)", "Replay of …"."""
        ...

    def instruments(self) -> Sequence[Instrument]:
        """What can be had here, with the venue's grid."""
        ...

    def closed_bars(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> Sequence[Bar]:
        """Closed bars with start <= open_time and close_time <= end, oldest first; empty means there are none.

        Raises DataUnavailable when the source cannot answer.
        """
        ...

    def quote(self, symbol: str) -> Quote | None:
        """The latest price, or None when the source has none now."""
        ...


class SessionCalendar(Protocol):
    """When an exchange is open. Moments in UTC."""

    def is_open(self, moment: datetime) -> bool: ...

    def session_close(self, moment: datetime) -> datetime | None:
        """The close of the session that `moment` lies in; None outside sessions and where the market never closes."""
        ...

    def session_date(self, moment: datetime) -> date:
        """The trading day `moment` belongs to, for daily figures and session VWAP."""
        ...

    def expected_open_times(self, interval: Interval, start: datetime, end: datetime) -> Sequence[datetime]:
        """Every bar open time in [start, end) that an unbroken recording has."""
        ...
