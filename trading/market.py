"""The market as a cycle sees it: fetch closed bars, let them through the gate, store them, keep indicators, take one
frozen picture (M02).

One instrument's failure never stops the others: it gets a `data_problem`, which means HOLD (M27). Never shows a bar
before it is closed, never trades on one that did not pass the gate.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import structlog

from autotrader.lib.errors import NotFound
from autotrader.lib.runtime import Runtime
from trading.domain.bar import Bar, Interval
from trading.domain.bar_gate import BarGate
from trading.domain.bar_series import BarSeries
from trading.domain.indicators.bank import IndicatorBank
from trading.domain.indicators.periods import IndicatorPeriods
from trading.domain.instrument import AssetClass
from trading.domain.market_snapshot import MarketSnapshot
from trading.domain.parameters import StrategyParameters
from trading.market_data.layers import Batch, feed_bank
from trading.market_data.look_back import coarse_bars, plan_look_back
from trading.market_data.member import Member, session_at
from trading.market_data.source import BarSource, FetchedBars
from trading.models import Account, InstrumentRow
from trading.ports import DataUnavailable, Feed, Quote, SessionCalendar, VenueUnavailable
from trading.selectors.held_positions import held_positions
from trading.services.store_bars import store_bars

log = structlog.get_logger(__name__)


BARS_AT_ONCE = 20_000
"""So many bars are kept in memory before they are stored: a large universe warms up in parts."""


@dataclass(slots=True)
class _Pending:
    """Bars that were taken in and are not stored yet."""

    batches: list[Batch] = field(default_factory=list)
    by_source: dict[str, list[Bar]] = field(default_factory=dict)
    size: int = 0


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """What one refresh did: new bars taken in, and what is wrong with which instrument."""

    new_bars: int
    problems: dict[str, str] = field(default_factory=dict)


class MarketDataFetcher:
    """Bars, indicators and prices of one universe at one venue's market.

    `calendars` gives the calendar by its name; `backup` is asked where `feed` fails or leaves holes. Raises NotFound
    when an instrument of the universe is not registered.
    """

    def __init__(
        self,
        runtime: Runtime,
        feed: Feed,
        calendars: Callable[[str], SessionCalendar],
        account_venue: str,
        universe: Sequence[str],
        interval: Interval,
        backup: Feed | None = None,
    ) -> None:
        self._runtime = runtime
        self._feed = feed
        self._source = BarSource(feed, interval, backup)
        self._calendars = calendars
        self._interval = interval
        self._rows = _registered(account_venue, universe)
        self._symbols = {row.pk: symbol for symbol, row in self._rows.items()}
        self._periods = IndicatorPeriods()
        self._lock = threading.RLock()
        self._gates: dict[tuple[str, AssetClass], BarGate] = {}
        self._start_over()

    @property
    def interval(self) -> Interval:
        return self._interval

    @property
    def label(self) -> str:
        """What a person is told about the source of the prices."""
        return self._feed.label

    def refresh(self, now: datetime) -> RefreshResult:
        """Take in every bar closed by `now`. The first time, and after a failure, the look-back too."""
        with self._lock:
            try:
                return self._refresh(now)
            except Exception:
                # Whatever broke, the series may now be ahead of the database: begin again from the feed next time.
                self._start_over()
                raise

    def snapshot(
        self, now: datetime, account: Account, parameters: StrategyParameters, parameter_set_id: str
    ) -> MarketSnapshot:
        """One frozen picture of the whole universe at `now`, with the positions of `account`.

        Parameters with other windows than before make the indicators anew, which costs one look-back.
        """
        with self._lock:
            self._follow_periods(now, parameters)
            held = held_positions(account, self._symbols, self.prices())
            values = self._bank.values_of_all()
            sessions = {calendar: session_at(calendar, now) for calendar in self._used_calendars}
            instruments = tuple(
                member.picture(
                    now,
                    values[member.index],
                    self._bank.median_volume(member.index),
                    held.get(member.symbol),
                    sessions[member.calendar],
                )
                for member in self._members
            )
        return MarketSnapshot(
            taken_at=now, instruments=instruments, parameters=parameters, parameter_set_id=parameter_set_id
        )

    def quote(self, symbol: str) -> Quote | None:
        """The feed's latest price; None when it has none or cannot answer now."""
        try:
            return self._feed.quote(symbol)
        except (DataUnavailable, VenueUnavailable) as error:
            log.warning("quote_unavailable", symbol=symbol, reason=str(error))
            return None

    def prices(self) -> dict[str, Decimal]:
        """The close of the last good bar by symbol; an instrument without bars is not in it."""
        lasts = ((member.symbol, member.series.last) for member in self._members)
        return {symbol: last.close for symbol, last in lasts if last is not None}

    def _start_over(self) -> None:
        self._bank = IndicatorBank(len(self._rows), self._periods)
        self._members = [self._member(index, row) for index, row in enumerate(self._rows.values())]
        self._used_calendars = {member.calendar for member in self._members}

    def _refresh(self, now: datetime) -> RefreshResult:
        pending = _Pending()
        new_bars = 0
        for member in self._members:
            if member.is_due(self._interval, now):
                self._take_in(member, now, pending)
            if pending.size > BARS_AT_ONCE:
                new_bars += self._finish(pending)
                pending = _Pending()
        new_bars += self._finish(pending)
        problems = {member.symbol: member.series.problem(now) for member in self._members}
        return RefreshResult(new_bars, {symbol: problem for symbol, problem in problems.items() if problem})

    def _finish(self, pending: _Pending) -> int:
        """Store what was taken in, then give it to the indicators; returns how many bars were new."""
        stored = sum(
            store_bars(rows_by_symbol=self._rows, bars=bars, source=source)
            for source, bars in pending.by_source.items()
            if bars
        )
        feed_bank(self._bank, pending.batches)
        return stored

    def _member(self, index: int, row: InstrumentRow) -> Member:
        instrument = row.to_domain()
        calendar = self._calendars(instrument.calendar)
        key = (instrument.calendar, instrument.asset_class)
        if key not in self._gates:
            self._gates[key] = BarGate(self._interval, calendar, instrument.asset_class)
        return Member(index, calendar, BarSeries(instrument, self._gates[key], self._periods.warm_up))

    def _take_in(self, member: Member, now: datetime, pending: _Pending) -> None:
        series = member.series
        before: Sequence[Bar] = []
        try:
            if member.is_warm and series.newest is not None:
                fetched = self._source.fetch(member.symbol, series.newest.close_time, now)
            else:
                fetched, before = self._look_back(member, now)
        except (DataUnavailable, VenueUnavailable) as error:
            log.warning("bars_unavailable", symbol=member.symbol, reason=str(error))
            series.source_problem = f"no data: {error}"
            return
        series.source_problem = ""
        fetched = self._source.fill_hole(series.gate, series.newest, fetched, now)
        bars = series.take(fetched.bars, now, self._source.confirms)
        pending.by_source.setdefault(fetched.source, []).extend(bars)
        pending.batches.append((member.index, member.calendar, self._for_bank(member, before, bars)))
        pending.size += len(bars)

    def _look_back(self, member: Member, now: datetime) -> tuple[FetchedBars, Sequence[Bar]]:
        """The first bars of an instrument: fine ones to trade on, and coarse ones before them for the indicators."""
        plan = plan_look_back(member.calendar, self._interval, self._periods.warm_up, now)
        fetched = self._source.fetch(member.symbol, plan.fine_start, now)
        before = coarse_bars(self._feed, member.symbol, self._interval, plan)
        member.is_warm = True
        return fetched, before

    def _for_bank(self, member: Member, before: Sequence[Bar], bars: Sequence[Bar]) -> Sequence[Bar]:
        split_at = member.series.split_at
        if split_at is None:
            return [*before, *bars] if before else bars
        self._bank.reset(member.index)
        return [bar for bar in bars if bar.open_time >= split_at]

    def _follow_periods(self, now: datetime, parameters: StrategyParameters) -> None:
        periods = IndicatorPeriods.from_parameters(parameters)
        if periods == self._periods:
            return
        self._periods = periods
        self._start_over()
        self.refresh(now)


def _registered(venue: str, universe: Sequence[str]) -> dict[str, InstrumentRow]:
    rows = {row.symbol: row for row in InstrumentRow.objects.filter(venue=venue, symbol__in=universe)}
    missing = [symbol for symbol in universe if symbol not in rows]
    if missing or not universe:
        raise NotFound(f"not registered for {venue}: {', '.join(missing) or 'any instrument'}")
    return {symbol: rows[symbol] for symbol in universe}
