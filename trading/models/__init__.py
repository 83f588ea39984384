"""The trading floor's tables. The database refuses what must never be: see the named constraints."""

from trading.models.account import Account, AccountControl, FillCursor, Lease
from trading.models.audit import AuditHead, AuditLine
from trading.models.event import LiveEvent
from trading.models.instrument import BarRow, InstrumentRow
from trading.models.ledger import Balance, LedgerEntry, LedgerTransaction
from trading.models.order import FillRow, Intent, OrderRow, OrderTransition, QuarantinedFill
from trading.models.paper import PaperBalance, PaperFill, PaperOrder
from trading.models.parameters import ParameterSet
from trading.models.position import EquityPoint, PositionRow, Trade

__all__ = [
    "Account",
    "AccountControl",
    "AuditHead",
    "AuditLine",
    "Balance",
    "BarRow",
    "EquityPoint",
    "FillCursor",
    "FillRow",
    "InstrumentRow",
    "Intent",
    "Lease",
    "LedgerEntry",
    "LedgerTransaction",
    "LiveEvent",
    "OrderRow",
    "OrderTransition",
    "PaperBalance",
    "PaperFill",
    "PaperOrder",
    "ParameterSet",
    "PositionRow",
    "QuarantinedFill",
    "Trade",
]
