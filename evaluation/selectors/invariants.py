"""What must be true of an account's books at every quiet moment (order-safety.md 9.3), asked of the rows themselves.

The paper venue's own tables are the other side: the platform's books are compared with them, not with themselves.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal

from django.db.models import F

from autotrader.lib.fields import ExactSum
from autotrader.lib.money import ZERO, plain
from evaluation.domain.check import Check
from trading.domain.order import AT_VENUE_STATES, Purpose, Side
from trading.domain.round_trip import is_dust
from trading.models import Account, Balance, FillRow, LedgerEntry, OrderRow, PaperBalance, PositionRow
from trading.services.verify_audit import verify_audit

Rule = Callable[[Account], Check]
MOST_NAMED = 3


def check_books(account: Account) -> list[Check]:
    """Every promise that may be tested at any quiet moment."""
    return [rule(account) for rule in BOOK_RULES]


def check_all(account: Account) -> list[Check]:
    """The promises about the books and the whole audit trail."""
    return [*check_books(account), audit_verifies()]


def ledger_sums_to_zero(account: Account) -> Check:
    """I4: double entry, in each asset."""
    sums = LedgerEntry.objects.filter(transaction__account=account).values("asset").annotate(total=ExactSum("amount"))
    totals = {row["asset"]: row["total"] for row in sums.order_by("asset")}
    faults = [f"{asset} sums to {plain(total)}" for asset, total in totals.items() if total != 0]
    return _check("The ledger sums to zero", faults, f"in each of {len(totals)} assets, to the last digit")


def balances_are_the_ledger(account: Account) -> Check:
    """I4: each balance is the sum of its wallet entries."""
    wallet = LedgerEntry.objects.filter(transaction__account=account, book="wallet")
    ledger = dict(wallet.values_list("asset").annotate(total=ExactSum("amount")).order_by("asset"))
    kept = dict(Balance.objects.filter(account=account).order_by("asset").values_list("asset", "total"))
    return _check("Balances are the ledger's sums", _differences(kept, ledger), f"{len(kept)} balances")


def balances_are_the_venues(account: Account) -> Check:
    """I4: what we say we own is what the venue says; a wallet that never traded has no book there yet."""
    theirs = dict(PaperBalance.objects.filter(account_id=account.pk).order_by("asset").values_list("asset", "total"))
    ours = dict(Balance.objects.filter(account=account).order_by("asset").values_list("asset", "total"))
    faults = _differences(ours, theirs) if theirs else []
    return _check("Balances are the venue's", faults, f"{len(theirs)} assets compared with the venue's own books")


def fills_make_the_positions(account: Account) -> Check:
    """I3: bought less sold less commissions taken in the asset itself is what is held."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    fills = FillRow.objects.filter(account=account).values_list(
        "instrument__symbol", "instrument__base", "side", "quantity", "commission", "commission_asset"
    )
    for symbol, base, side, quantity, commission, commission_asset in fills.iterator(2000):
        sums[symbol] += quantity if side == Side.BUY else -quantity
        sums[symbol] -= commission if commission_asset == base else ZERO
    held = dict(PositionRow.objects.filter(account=account).values_list("instrument__symbol", "quantity"))
    return _check("Fills make the positions", _differences(held, sums), f"{len(held)} positions, to the last digit")


def fills_make_the_orders(account: Account) -> Check:
    """I3: each order's filled quantity is the sum of its fills."""
    orders = OrderRow.objects.filter(account=account).annotate(total=ExactSum("fills__quantity"))
    wrong = [
        order
        for order in orders.only("client_order_id", "filled_quantity")
        if order.filled_quantity != (order.total or ZERO)
    ]
    faults = [f"{order.client_order_id} says {plain(order.filled_quantity)}" for order in wrong]
    return _check("Fills make the orders", faults, f"{orders.count()} orders")


def cash_adds_up(account: Account) -> Check:
    """I5: start + realised result - commissions - cost of what is held = cash (commissions in base or quote)."""
    third = FillRow.objects.filter(account=account).exclude(
        commission_asset__in=[account.quote_asset, F("instrument__base")]
    )
    if third.exists():
        return Check("Cash adds up", True, "not asked: commissions were paid in a third asset")
    cash = Balance.objects.get(account=account, asset=account.quote_asset).total
    expected = account.starting_cash
    for row in PositionRow.objects.filter(account=account):
        expected += row.realised_pnl - row.commissions - row.cost
    faults = [] if cash == expected else [f"{plain(cash)} is there, {plain(expected)} should be"]
    return _check("Cash adds up", faults, "start + results − costs − what is invested, to the last digit")


def positions_are_protected(account: Account) -> Check:
    """I7: each open position has a stop at the venue (or its exit on the way) for all of it but dust."""
    positions = list(PositionRow.objects.filter(account=account, quantity__gt=0).select_related("instrument"))
    covered = _covered(account)
    open_ones = [row for row in positions if not _is_dust(row, row.quantity)]
    faults = [
        f"{row.instrument.symbol} holds {plain(row.quantity)}, covered {plain(covered[row.instrument_id])}"
        for row in open_ones
        if not _is_dust(row, row.quantity - covered[row.instrument_id])
    ]
    return _check("Every open position is protected", faults, f"{len(open_ones)} open now")


def audit_verifies() -> Check:
    """I15: every line of the audit trail, table and file."""
    report = verify_audit()
    looked_at = f"{report.table.lines:,} lines in the table, {report.file.lines:,} in the file"
    return _check("The audit trail verifies", report.faults, looked_at)


BOOK_RULES: tuple[Rule, ...] = (
    ledger_sums_to_zero,
    balances_are_the_ledger,
    balances_are_the_venues,
    fills_make_the_positions,
    fills_make_the_orders,
    cash_adds_up,
    positions_are_protected,
)


def _covered(account: Account) -> dict[int, Decimal]:
    """What stops and exits at the venue still would sell, by instrument."""
    covered: dict[int, Decimal] = defaultdict(lambda: ZERO)
    orders = OrderRow.objects.filter(
        account=account, purpose__in=[Purpose.STOP_LOSS, Purpose.EXIT], state__in=sorted(AT_VENUE_STATES)
    )
    for instrument_id, quantity, filled in orders.values_list("instrument_id", "quantity", "filled_quantity"):
        covered[instrument_id] += quantity - filled
    return covered


def _is_dust(row: PositionRow, quantity: Decimal) -> bool:
    return is_dust(max(quantity, ZERO), row.average_entry_price, row.instrument.to_domain())


def _differences(ours: dict[str, Decimal], theirs: dict[str, Decimal]) -> list[str]:
    names = sorted(set(ours) | set(theirs))
    pairs = [(name, ours.get(name, ZERO), theirs.get(name, ZERO)) for name in names]
    return [f"{name}: {plain(mine)} is not {plain(other)}" for name, mine, other in pairs if mine != other]


def _check(name: str, faults: Iterable[str], looked_at: str) -> Check:
    faults = list(faults)
    if not faults:
        return Check(name, True, looked_at)
    more = f" and {len(faults) - MOST_NAMED} more" if len(faults) > MOST_NAMED else ""
    return Check(name, False, "; ".join(faults[:MOST_NAMED]) + more)
