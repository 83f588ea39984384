"""The figures at the top: equity, today's result, win rate beside its break-even, and what the loop has done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q

from autotrader.lib.money import ONE, divide
from trading.domain.parameters import StrategyParameters, break_even_win_rate
from trading.models import Account, AccountControl, EquityPoint, ParameterSet, Trade

WIN_RATE_DAYS = 30
ENOUGH_TRADES = 30


@dataclass(frozen=True, slots=True)
class WinRate:
    """Closed trades of the last 30 days. `rate` is None before the first; a trade that ends at zero is no winner."""

    trades: int
    winners: int
    break_even: Decimal
    stop_fraction: Decimal
    target_fraction: Decimal

    @property
    def rate(self) -> Decimal | None:
        return divide(Decimal(self.winners), Decimal(self.trades), 4) if self.trades else None

    @property
    def is_above_break_even(self) -> bool:
        return self.rate is not None and self.rate >= self.break_even

    @property
    def is_too_few(self) -> bool:
        """Whether the rate says little yet."""
        return self.trades < ENOUGH_TRADES

    @property
    def rate_percent(self) -> Decimal:
        return (self.rate or Decimal(0)) * 100

    @property
    def break_even_percent(self) -> Decimal:
        return self.break_even * 100


@dataclass(frozen=True, slots=True)
class Figures:
    """Money in quote units. `today_pnl` counts from 00:00 UTC; None before the first equity point."""

    equity: Decimal | None
    cash: Decimal | None
    marked_at: datetime | None
    starting_cash: Decimal
    today_pnl: Decimal | None
    today_fraction: Decimal | None
    today_since: datetime
    win_rate: WinRate
    cycles_run: int
    slots_missed: int
    trades_executed: int
    last_slot: datetime | None

    @property
    def total_fraction(self) -> Decimal | None:
        """The change since the account was opened, as a fraction of its starting cash."""
        if self.equity is None or not self.starting_cash:
            return None
        return divide(self.equity, self.starting_cash, 6) - ONE


def read_figures(account: Account, now: datetime) -> Figures:
    """All figures of an account: five queries."""
    control = AccountControl.objects.get(account=account)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    points = EquityPoint.objects.filter(account=account)
    newest = points.order_by("-ts").first()
    before = points.filter(ts__lt=midnight).order_by("-ts").first()
    base = before.equity if before else account.starting_cash
    pnl = newest.equity - base if newest else None
    return Figures(
        equity=newest.equity if newest else None,
        cash=newest.cash if newest else None,
        marked_at=newest.ts if newest else None,
        starting_cash=account.starting_cash,
        today_pnl=pnl,
        today_fraction=divide(pnl, base, 6) if pnl is not None and base else None,
        today_since=midnight,
        win_rate=_win_rate(account, now),
        cycles_run=control.slots_run,
        slots_missed=control.slots_missed,
        trades_executed=control.trades_executed,
        last_slot=control.last_slot,
    )


def active_parameters(account: Account) -> StrategyParameters:
    """The active set's numbers; the defaults before the first set."""
    row = ParameterSet.objects.filter(account=account, status=ParameterSet.Status.ACTIVE).first()
    return row.parameters() if row else StrategyParameters()


def _win_rate(account: Account, now: datetime) -> WinRate:
    closed = Trade.objects.filter(account=account, closed_at__gte=now - timedelta(days=WIN_RATE_DAYS))
    counts = closed.aggregate(all=Count("id"), winners=Count("id", filter=Q(pnl__gt=0)))
    parameters = active_parameters(account)
    return WinRate(
        trades=counts["all"],
        winners=counts["winners"],
        break_even=break_even_win_rate(parameters),
        stop_fraction=parameters.stop_loss_fraction,
        target_fraction=parameters.take_profit_fraction,
    )
