"""The paper venue behind the `Venue` port: a foreign exchange that happens to live in the same database.

It commits in transactions of its own, before it answers, so a crash between its commit and ours is the crash beside a
real exchange. Every call first plays the bars it has not seen. With nothing open and nothing asked it costs nothing.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal, localcontext

from django.db import transaction

from autotrader.lib.money import MONEY_CONTEXT
from autotrader.lib.runtime import Runtime
from autotrader.lib.statements import Select, SelectRows, fetch
from trading.adapters.paper.books import Books, deposit_once, load_books, report_of, reports_of
from trading.adapters.paper.checks import Door
from trading.adapters.paper.engine import Market, MatchingEngine
from trading.adapters.paper.faults import Faults, NoFaults
from trading.adapters.paper.fees import FeeModel, FeesByAssetClass
from trading.adapters.paper.prices import PriceSource
from trading.adapters.paper.rules import DEFAULT_PARTICIPATION, PaperRules
from trading.adapters.paper.slippage import SlippageModel, SpreadAndImpact
from trading.domain.bar import Bar
from trading.domain.instrument import Instrument
from trading.domain.order import FillReport, OrderReport, Side, Submission
from trading.models import PaperBalance, PaperFill, PaperOrder
from trading.ports import OrderRejected, SessionCalendar, VenueCapabilities, VenueUnavailable

VENUE_NAME = "paper"
FILLS_AT_ONCE = 500
_ORDER = SelectRows(PaperOrder, "WHERE t.account_id = %s AND t.client_order_id = %s")
_BALANCES = Select(PaperBalance, ("asset", "total"), "WHERE account_id = %s ORDER BY asset")
_NEWEST_FILL = "SELECT id FROM trading_paperfill WHERE account_id = %s ORDER BY id DESC LIMIT 1"
_FILLS = SelectRows(PaperFill, "WHERE t.account_id = %s AND t.id > %s ORDER BY t.id LIMIT %s", related=("order",))


class PaperVenue:
    """One account at the paper venue. `starting_balances` are paid in on the account's first day only."""

    def __init__(
        self,
        runtime: Runtime,
        account_id: int,
        instruments: Mapping[str, Instrument],
        prices: PriceSource,
        *,
        starting_balances: Mapping[str, Decimal],
        calendars: Mapping[str, SessionCalendar] | None = None,
        fees: FeeModel | None = None,
        slippage: SlippageModel | None = None,
        participation: Decimal | None = DEFAULT_PARTICIPATION,
        faults: Faults | None = None,
    ) -> None:
        rules = PaperRules(
            instruments=instruments,
            calendars=calendars or {},
            fees=fees or FeesByAssetClass(),
            slippage=slippage or SpreadAndImpact(),
            participation=participation,
        )
        self._runtime = runtime
        self._account_id = account_id
        self._rules = rules
        self._engine = MatchingEngine(rules)
        self._prices = prices
        self._faults = faults or NoFaults()
        self._lock = threading.RLock()
        self._open: dict[str, PaperOrder] = {}
        self._cursors: dict[str, datetime] = {}
        self._last_fill_id = 0
        with transaction.atomic(durable=True):
            deposit_once(account_id, starting_balances)
        self._refresh()
        self._require_known_symbols()

    @property
    def capabilities(self) -> VenueCapabilities:
        return VenueCapabilities(name=VENUE_NAME, atomic_bracket=True, commission_in_base=self._rules.fees.in_base)

    def submit(self, submission: Submission) -> Sequence[OrderReport]:
        """Accept and trade at once what can. Raises OrderRejected, whose `code` names the kind of refusal."""
        with self._call("submit"):
            now = self._runtime.clock.now()
            door = Door(self._rules, now, {leg.symbol: self._prices.quote(leg.symbol) for leg in submission.legs})
            symbol = submission.legs[0].symbol if submission.legs else ""
            market = Market(door.quotes.get(symbol), self._prices.typical_volume(symbol, now))

            def deed(books: Books) -> list[PaperOrder]:
                self._refuse_duplicates(submission)
                door.check(submission)
                return self._engine.accept(books, submission, market, now)

            return reports_of(self._change(deed))

    def cancel(self, client_order_id: str) -> OrderReport:
        """Cancel an open order; one that has ended already is reported as it ended.

        Raises VenueUnavailable for an id the venue does not know: that proves nothing about the order.
        """
        with self._call("cancel"):
            now = self._runtime.clock.now()

            def deed(books: Books) -> list[PaperOrder]:
                order = books.orders.get(client_order_id)
                if order is not None:
                    self._engine.cancel(books, order, now)
                return [] if order is None else [order]

            ended = self._change(deed) if client_order_id in self._open else []
            order = ended[0] if ended else self._stored(client_order_id)
            if order is None:
                raise VenueUnavailable(f"the paper venue does not know the order {client_order_id!r}")
            return report_of(order)

    def order(self, client_order_id: str) -> OrderReport | None:
        with self._call("order"):
            order = self._stored(client_order_id)
            return None if order is None else report_of(order)

    def open_orders(self) -> Sequence[OrderReport]:
        """All open orders, read from the tables anew: what another process did is seen from here on."""
        with self._call("open_orders"):
            self._refresh()
            return reports_of(self._open.values())

    def fills_after(self, cursor: str) -> tuple[Sequence[FillReport], str]:
        """At most 500 at once. The cursor is the number of the last fill; raises ValueError for any other text."""
        last_seen = int(cursor) if cursor else 0
        with self._call("fills_after"):
            if last_seen >= self._last_fill_id:
                return (), cursor
            rows = _FILLS.all((self._account_id, last_seen, FILLS_AT_ONCE))
            fills = [_fill_report(row) for row in rows]
            return fills, fills[-1].venue_fill_id if fills else cursor

    def balances(self) -> dict[str, Decimal]:
        with self._call("balances"):
            return {asset: total for asset, total in _BALANCES.rows((self._account_id,)) if total != 0}

    @contextmanager
    def _call(self, name: str) -> Iterator[None]:
        """One call at a time, in exact arithmetic, after the bars that came since the last one."""
        with self._lock, localcontext(MONEY_CONTEXT):
            self._faults.before(name)
            self._play_new_bars()
            yield
            self._faults.after(name)

    def _play_new_bars(self) -> None:
        now = self._runtime.clock.now()
        if not self._open:
            return
        bars = self._unseen_bars(now)
        if self._has_effect(bars, now):
            self._change(lambda books: self._play(books, bars, now))
        for bar in bars:
            self._cursors[bar.symbol] = max(self._cursors.get(bar.symbol, bar.close_time), bar.close_time)

    def _unseen_bars(self, now: datetime) -> Sequence[Bar]:
        """Bars that may touch an open order; asked for only when one can have closed since the last look."""
        due = {symbol: cursor for symbol, cursor in self._open_cursors().items() if self._is_due(symbol, cursor, now)}
        return self._prices.bars_after(due, now) if due else ()

    def _is_due(self, symbol: str, cursor: datetime, now: datetime) -> bool:
        """Behind a bar that was seen the next one closes an interval later; behind an order's time at any moment."""
        is_after_bar = cursor == self._cursors.get(symbol)
        return cursor < now and (not is_after_bar or cursor + self._prices.interval.duration <= now)

    def _open_cursors(self) -> dict[str, datetime]:
        """For each symbol with an open order: everything that closed up to here has been played."""
        cursors: dict[str, datetime] = {}
        for order in self._open.values():
            since = max(order.updated_at, self._cursors.get(order.symbol, order.updated_at))
            cursors[order.symbol] = min(cursors.get(order.symbol, since), since)
        return cursors

    def _has_effect(self, bars: Sequence[Bar], now: datetime) -> bool:
        orders = list(self._open.values())
        if any((close := self._engine.expiry(order)) is not None and close <= now for order in orders):
            return True
        return any(self._engine.would_touch(order, bar) for bar in bars for order in orders)

    def _play(self, books: Books, bars: Sequence[Bar], now: datetime) -> list[PaperOrder]:
        for bar in bars:
            self._engine.play(books, bar)
        self._engine.expire(books, now)
        return []

    def _change(self, deed: Callable[[Books], list[PaperOrder]]) -> list[PaperOrder]:
        """Do one deed on the books, durably; what it answers is valid only once it is committed."""
        with transaction.atomic(durable=True):
            books = load_books(self._account_id, self._rules.instruments, lock=True)
            answer = deed(books)
            books.save()
        self._open = {order.client_order_id: order for order in books.open_orders()}
        if books.fills:
            self._last_fill_id = max(self._last_fill_id, books.fills[-1].pk)
        return answer

    def _refresh(self) -> None:
        self._open = load_books(self._account_id, self._rules.instruments, lock=False).orders
        newest = fetch(_NEWEST_FILL, (self._account_id,))
        self._last_fill_id = newest[0][0] if newest else 0

    def _require_known_symbols(self) -> None:
        unknown = sorted({order.symbol for order in self._open.values()} - set(self._rules.instruments))
        if unknown:
            raise ValueError(f"the paper venue has open orders in {', '.join(unknown)}: list these instruments too")

    def _stored(self, client_order_id: str) -> PaperOrder | None:
        return _ORDER.first((self._account_id, client_order_id))

    def _refuse_duplicates(self, submission: Submission) -> None:
        if any(self._stored(leg.client_order_id) for leg in submission.legs):
            raise OrderRejected("Duplicate order sent.", code="duplicate_order")


def _fill_report(row: PaperFill) -> FillReport:
    return FillReport(
        venue_fill_id=str(row.pk),
        venue_order_id=f"P{row.order_id}",
        client_order_id=row.order.client_order_id,
        symbol=row.order.symbol,
        side=Side(row.order.side),
        quantity=row.quantity,
        price=row.price,
        commission=row.commission,
        commission_asset=row.commission_asset,
        ts_event=row.ts_event,
        is_maker=row.is_maker,
    )
