"""The paper venue's books of one account, as they are held while one deed is done: loaded, changed, saved at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from autotrader.lib.money import ZERO
from autotrader.lib.statements import Select, SelectRows, fetch_locked, insert_new, update_row
from trading.domain.instrument import Instrument
from trading.domain.order import Contingency, OrderReport, OrderState
from trading.models import PaperBalance, PaperFill, PaperOrder

DORMANT = OrderState.INTENDED.value
WORKING = OrderState.WORKING.value
PARTIAL = OrderState.PARTIAL.value
LIVE = (WORKING, PARTIAL)
OPEN = (*LIVE, DORMANT)
_CHANGING = ("quantity", "state", "filled_quantity", "reason", "updated_at")
_LOCK = "SELECT id FROM trading_paperbalance WHERE account_id = %s ORDER BY id"
_BALANCES = SelectRows(PaperBalance, "WHERE t.account_id = %s ORDER BY t.id")
# The states stand in the statement: SQLite uses the partial index "paper_order_open" only when it can read them.
_OPEN_ORDERS = SelectRows(
    PaperOrder, "WHERE t.account_id = %s AND t.state IN ('WORKING', 'PARTIAL', 'INTENDED') ORDER BY t.id"
)
_TAKEN = Select(PaperFill, ("commission",), "WHERE t.order_id = %s AND t.commission_asset = %s")


@dataclass
class Books:
    """Open orders by client_order_id in the order they came, balances by asset, and what this deed added.

    `received`: what entries that are still open have brought so far, net of commissions taken in the base asset.
    """

    account_id: int
    orders: dict[str, PaperOrder] = field(default_factory=dict)
    balances: dict[str, Decimal] = field(default_factory=dict)
    stored: dict[str, PaperBalance] = field(default_factory=dict)
    received: dict[str, Decimal] = field(default_factory=dict)
    fills: list[PaperFill] = field(default_factory=list)
    changed: dict[str, PaperOrder] = field(default_factory=dict)
    added: dict[str, PaperOrder] = field(default_factory=dict)

    def open_orders(self) -> list[PaperOrder]:
        return [order for order in self.orders.values() if order.state in OPEN]

    def working(self) -> list[PaperOrder]:
        """The orders that the market may touch now."""
        return [order for order in self.orders.values() if order.state in LIVE]

    def add(self, order: PaperOrder) -> None:
        self.orders[order.client_order_id] = order
        self.added[order.client_order_id] = order

    def mark(self, order: PaperOrder, moment: datetime) -> None:
        """Note that an order changed at `moment`: from then on only later prices may touch it."""
        order.updated_at = max(order.updated_at, moment)
        self.changed[order.client_order_id] = order

    def move(self, asset: str, amount: Decimal) -> None:
        self.balances[asset] = self.balances.get(asset, ZERO) + amount

    def siblings(self, order: PaperOrder) -> list[PaperOrder]:
        """The other legs that live on the same quantity: an OCO's, or a bracket's stop and target."""
        is_leg = order.contingency == Contingency.OCO or bool(order.parent_client_order_id)
        if not is_leg or order.contingency == Contingency.SINGLE:
            return []
        key = (order.list_id, order.parent_client_order_id)
        return [
            other
            for other in self.open_orders()
            if other is not order and (other.list_id, other.parent_client_order_id) == key
        ]

    def children(self, order: PaperOrder) -> list[PaperOrder]:
        return [other for other in self.open_orders() if other.parent_client_order_id == order.client_order_id]

    def save(self) -> None:
        """Write everything that was added or changed, in the caller's transaction."""
        insert_new(list(self.added.values()))
        for cid, order in self.changed.items():
            if cid not in self.added:
                update_row(order, *_CHANGING)
        for fill in self.fills:
            fill.order_id = fill.order.pk
        insert_new(self.fills)
        for asset, total in sorted(self.balances.items()):
            self._save_balance(asset, total)

    def _save_balance(self, asset: str, total: Decimal) -> None:
        row = self.stored.get(asset)
        if row is None:
            insert_new([PaperBalance(account_id=self.account_id, asset=asset, total=total)])
        elif row.total != total:
            row.total = total
            update_row(row, "total")


def load_books(account_id: int, instruments: Mapping[str, Instrument], *, lock: bool) -> Books:
    """The account's books. `lock` keeps every other writer of this account out until the commit."""
    if lock:
        fetch_locked(_LOCK, (account_id,))
    stored = {row.asset: row for row in _BALANCES.all((account_id,))}
    books = Books(account_id, balances={asset: row.total for asset, row in stored.items()}, stored=stored)
    books.orders = {row.client_order_id: row for row in _OPEN_ORDERS.all((account_id,))}
    for row in books.orders.values():
        if row.state == PARTIAL and books.children(row):
            books.received[row.client_order_id] = _received(row, instruments[row.symbol].base)
    return books


def _received(order: PaperOrder, base: str) -> Decimal:
    net: Decimal = order.filled_quantity - sum((taken for (taken,) in _TAKEN.rows((order.pk, base))), ZERO)
    return net


def deposit_once(account_id: int, amounts: Mapping[str, Decimal]) -> None:
    """Pay in `amounts` unless the account has balances already."""
    if PaperBalance.objects.filter(account_id=account_id).exists():
        return
    PaperBalance.objects.bulk_create(
        [PaperBalance(account_id=account_id, asset=asset, total=total) for asset, total in amounts.items()],
        ignore_conflicts=True,
    )


def report_of(order: PaperOrder) -> OrderReport:
    """The venue's word on an order. A bracket's child that waits for its entry counts as working."""
    state = WORKING if order.state == DORMANT else order.state
    return OrderReport(
        client_order_id=order.client_order_id,
        venue_order_id=f"P{order.pk}",
        symbol=order.symbol,
        state=OrderState(state),
        filled_quantity=order.filled_quantity,
        ts_event=order.updated_at,
        reason=order.reason,
    )


def reports_of(orders: Iterable[PaperOrder]) -> list[OrderReport]:
    return [report_of(order) for order in orders]
