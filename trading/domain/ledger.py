"""Double entry for each asset: every transaction's entries sum to zero in every asset, or they are refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum

from autotrader.lib.money import MONEY_CONTEXT, ZERO
from trading.domain.order import FillReport, Side
from trading.domain.position import notional_of


class Book(StrEnum):
    """WALLET is ours, MARKET the counterparty, FEES what venues took, CAPITAL what was paid in."""

    WALLET = "wallet"
    MARKET = "market"
    FEES = "fees"
    CAPITAL = "capital"


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of a transaction; `amount` in units of `asset`, positive into the book."""

    book: Book
    asset: str
    amount: Decimal


class UnbalancedPostings(Exception):
    """Entries that do not sum to zero: a fault of the program, never of input."""


def postings_for_fill(fill: FillReport, *, base: str, quote: str) -> tuple[Posting, ...]:
    """Base and quote change hands, the commission leaves in its own asset (base, quote or a third)."""
    sign = 1 if fill.side is Side.BUY else -1
    notional = notional_of(fill)
    postings = [
        *_move(Book.MARKET, Book.WALLET, base, sign * fill.quantity),
        *_move(Book.WALLET, Book.MARKET, quote, sign * notional),
        *_move(Book.WALLET, Book.FEES, fill.commission_asset, fill.commission),
    ]
    return balanced(posting for posting in postings if posting.amount)


def postings_for_deposit(asset: str, amount: Decimal) -> tuple[Posting, ...]:
    """Capital paid in (or, negative, out)."""
    return balanced(_move(Book.CAPITAL, Book.WALLET, asset, amount))


def balanced(postings: Iterable[Posting]) -> tuple[Posting, ...]:
    """The same postings. Raises UnbalancedPostings unless they sum to zero in each asset."""
    checked = tuple(postings)
    for asset, total in asset_sums(checked).items():
        if total != 0:
            raise UnbalancedPostings(f"{asset} sums to {total}, not to zero")
    return checked


def asset_sums(postings: Iterable[Posting], book: Book | None = None) -> dict[str, Decimal]:
    """The sum for each asset, of one book or of all, in the order the assets first appear."""
    sums: dict[str, Decimal] = {}
    with localcontext(MONEY_CONTEXT):
        for posting in postings:
            if book is None or posting.book is book:
                sums[posting.asset] = sums.get(posting.asset, ZERO) + posting.amount
    return sums


def _move(source: Book, target: Book, asset: str, amount: Decimal) -> tuple[Posting, Posting]:
    return Posting(source, asset, -amount), Posting(target, asset, amount)
