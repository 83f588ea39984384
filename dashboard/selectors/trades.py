"""Finished trades as lines of a list, with their sum."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from autotrader.lib.fields import ExactSum
from autotrader.lib.money import ZERO, divide
from trading.models import Account, Trade

REASON_WORDS = {
    "STOP_LOSS": "Stop-loss",
    "TAKE_PROFIT": "Take-profit",
    "EXIT": "Exit signal",
}


@dataclass(frozen=True, slots=True)
class TradeLine:
    """One round trip, with the words for its end."""

    trade: Trade

    @property
    def hold_time(self) -> timedelta:
        return self.trade.closed_at - self.trade.opened_at

    @property
    def reason_words(self) -> str:
        reason = self.trade.exit_reason
        return REASON_WORDS.get(reason, reason.replace("_", " ").capitalize())


@dataclass(frozen=True, slots=True)
class TradesSummary:
    """The sum of all trades of an account. Money in quote units."""

    count: int
    winners: int
    pnl: Decimal
    commissions: Decimal

    @property
    def win_rate(self) -> Decimal | None:
        return divide(Decimal(self.winners), Decimal(self.count), 4) if self.count else None


def trades_of(account: Account) -> QuerySet[Trade]:
    """The last closed first."""
    return Trade.objects.filter(account=account).select_related("instrument").order_by("-closed_at", "-id")


def trades_summary(account: Account) -> TradesSummary:
    """One query over all trades."""
    sums = Trade.objects.filter(account=account).aggregate(
        count=Count("id"),
        winners=Count("id", filter=Q(pnl__gt=0)),
        pnl=ExactSum("pnl"),
        commissions=ExactSum("commissions"),
    )
    return TradesSummary(sums["count"], sums["winners"], sums["pnl"] or ZERO, sums["commissions"] or ZERO)
