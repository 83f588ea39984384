"""The ledger side of a fill: balanced postings, and the wallet's balances kept with them. Never a negative balance."""

from dataclasses import dataclass
from decimal import Decimal, localcontext

from autotrader.lib.money import MONEY_CONTEXT, ZERO
from autotrader.lib.runtime import Runtime
from trading.domain.ledger import Book, Posting, asset_sums, postings_for_fill
from trading.domain.order import FillReport
from trading.domain.position import MisfitFill
from trading.models import Account, Balance, FillRow, LedgerEntry, LedgerTransaction

FILL = "fill"


@dataclass(frozen=True, slots=True)
class WalletChange:
    """The postings of one fill and the wallet's new totals, checked against locked balances."""

    postings: tuple[Posting, ...]
    totals: dict[str, Decimal]
    known_assets: frozenset[str]


def check_wallet(*, account: Account, report: FillReport, base: str, quote: str) -> WalletChange:
    """What the fill makes of the wallet. Locks its balances; raises MisfitFill when one would go below zero."""
    postings = postings_for_fill(report, base=base, quote=quote)
    changes = asset_sums(postings, Book.WALLET)
    rows = Balance.objects.select_for_update().filter(account=account, asset__in=list(changes)).order_by("asset")
    known = dict(rows.values_list("asset", "total"))
    with localcontext(MONEY_CONTEXT):
        totals = {asset: known.get(asset, ZERO) + change for asset, change in changes.items()}
    for asset, total in totals.items():
        if total < 0:
            raise MisfitFill(f"fill {report.venue_fill_id} would leave {total} {asset} in the wallet")
    return WalletChange(postings, totals, frozenset(known))


def post_fill(*, runtime: Runtime, account: Account, fill: FillRow, change: WalletChange) -> None:
    """Write the transaction (unrepeatable by its reference), its entries, and the new balances."""
    entry = LedgerTransaction.objects.create(
        id=runtime.ids.ulid(),
        account=account,
        kind=FILL,
        reference=f"{fill.instrument.symbol}:{fill.venue_fill_id}",
        ts=runtime.clock.now(),
    )
    LedgerEntry.objects.bulk_create(
        LedgerEntry(transaction=entry, book=posting.book.value, asset=posting.asset, amount=posting.amount)
        for posting in change.postings
    )
    for asset, total in change.totals.items():
        if asset in change.known_assets:
            Balance.objects.filter(account=account, asset=asset).update(total=total)
        else:
            Balance.objects.create(account=account, asset=asset, total=total)
