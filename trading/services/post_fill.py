"""The ledger side of a fill: balanced postings, and the wallet's balances kept with them. Never a negative balance."""

from dataclasses import dataclass
from decimal import Decimal, localcontext

from autotrader.lib.money import MONEY_CONTEXT, ZERO
from autotrader.lib.runtime import Runtime
from autotrader.lib.statements import SelectRows, insert_new, insert_rows, update_row
from trading.domain.ledger import Book, Posting, asset_sums, postings_for_fill
from trading.domain.order import FillReport
from trading.domain.position import MisfitFill
from trading.models import Account, Balance, FillRow, LedgerEntry, LedgerTransaction

FILL = "fill"
_BALANCE = SelectRows(Balance, "WHERE t.account_id = %s AND t.asset = %s")
_ENTRY_COLUMNS = ("transaction_id", "book", "asset", "amount")


@dataclass(frozen=True, slots=True)
class WalletChange:
    """The postings of one fill and the wallet's new totals, checked against locked balances."""

    postings: tuple[Posting, ...]
    totals: dict[str, Decimal]
    balances: dict[str, Balance]


def check_wallet(*, account: Account, report: FillReport, base: str, quote: str) -> WalletChange:
    """What the fill makes of the wallet. Locks its balances; raises MisfitFill when one would go below zero."""
    postings = postings_for_fill(report, base=base, quote=quote)
    changes = asset_sums(postings, Book.WALLET)
    rows = [row for asset in sorted(changes) for row in _BALANCE.all((account.pk, asset), lock=True)]
    known = {row.asset: row for row in rows}
    with localcontext(MONEY_CONTEXT):
        totals = {asset: _total(known.get(asset)) + change for asset, change in changes.items()}
    for asset, total in totals.items():
        if total < 0:
            raise MisfitFill(f"fill {report.venue_fill_id} would leave {total} {asset} in the wallet")
    return WalletChange(postings, totals, known)


def _total(balance: Balance | None) -> Decimal:
    return ZERO if balance is None else balance.total


def post_fill(*, runtime: Runtime, account: Account, fill: FillRow, change: WalletChange) -> None:
    """Write the transaction (unrepeatable by its reference), its entries, and the new balances."""
    entry = LedgerTransaction(
        id=runtime.ids.ulid(),
        account=account,
        kind=FILL,
        reference=f"{fill.instrument.symbol}:{fill.venue_fill_id}",
        ts=runtime.clock.now(),
    )
    insert_new([entry])
    postings = [(entry.pk, posting.book.value, posting.asset, posting.amount) for posting in change.postings]
    insert_rows(LedgerEntry, _ENTRY_COLUMNS, postings)
    for asset, total in change.totals.items():
        balance = change.balances.get(asset)
        if balance is None:
            insert_new([Balance(account=account, asset=asset, total=total)])
        else:
            balance.total = total
            update_row(balance, "total")
