"""What finished trades say: win rate, profit factor, expectancy, costs. Money stays exact.

A trade wins when its result after costs is above zero and loses when it is below; one at exactly zero does neither.
A figure that has nothing to stand on (no trades, no losses) is None, never a made-up number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from autotrader.lib.money import ZERO, divide
from evaluation.domain.facts import ClosedTrade

RATIO_PLACES = 6


@dataclass(frozen=True, slots=True)
class TradeStatistics:
    """Figures of a list of trades. Rates are fractions of one; `gross_loss` and `average_loss` are positive."""

    trades: int
    wins: int
    losses: int
    total_pnl: Decimal
    gross_profit: Decimal
    gross_loss: Decimal
    costs: Decimal
    turnover: Decimal
    win_rate: Decimal | None
    break_even_win_rate: Decimal | None
    profit_factor: Decimal | None
    expectancy: Decimal | None
    average_win: Decimal | None
    average_loss: Decimal | None
    average_hold: timedelta | None
    longest_losing_run: int
    best_symbol: str
    worst_symbol: str


def trade_statistics(trades: Sequence[ClosedTrade]) -> TradeStatistics:
    """The statistics of `trades`, which are given in the order they were closed."""
    wins = [trade.pnl for trade in trades if trade.pnl > 0]
    losses = [-trade.pnl for trade in trades if trade.pnl < 0]
    average_win, average_loss = _mean(wins), _mean(losses)
    symbols = pnl_by_symbol(trades)
    return TradeStatistics(
        trades=len(trades),
        wins=len(wins),
        losses=len(losses),
        total_pnl=sum((trade.pnl for trade in trades), ZERO),
        gross_profit=sum(wins, ZERO),
        gross_loss=sum(losses, ZERO),
        costs=sum((trade.commissions for trade in trades), ZERO),
        turnover=sum((trade.turnover for trade in trades), ZERO),
        win_rate=divide(Decimal(len(wins)), Decimal(len(trades)), RATIO_PLACES) if trades else None,
        break_even_win_rate=realised_break_even(average_win, average_loss),
        profit_factor=divide(sum(wins, ZERO), sum(losses, ZERO), RATIO_PLACES) if losses else None,
        expectancy=_mean([trade.pnl for trade in trades]),
        average_win=average_win,
        average_loss=average_loss,
        average_hold=average_hold(trades),
        longest_losing_run=longest_losing_run(trades),
        best_symbol=max(symbols, key=symbols.__getitem__, default=""),
        worst_symbol=min(symbols, key=symbols.__getitem__, default=""),
    )


def realised_break_even(average_win: Decimal | None, average_loss: Decimal | None) -> Decimal | None:
    """The win rate at which the wins and losses seen would cancel: loss / (win + loss). None without both."""
    if average_win is None or average_loss is None:
        return None
    return divide(average_loss, average_win + average_loss, RATIO_PLACES)


def pnl_by_symbol(trades: Sequence[ClosedTrade]) -> dict[str, Decimal]:
    """The result of each symbol, symbols in alphabetical order so that ties always fall the same way."""
    totals: dict[str, Decimal] = dict.fromkeys(sorted({trade.symbol for trade in trades}), ZERO)
    for trade in trades:
        totals[trade.symbol] += trade.pnl
    return totals


def average_hold(trades: Sequence[ClosedTrade]) -> timedelta | None:
    """The mean time between entry and exit, to the second."""
    if not trades:
        return None
    mean = sum((trade.hold_time for trade in trades), timedelta()) / len(trades)
    return timedelta(seconds=round(mean.total_seconds()))


def longest_losing_run(trades: Sequence[ClosedTrade]) -> int:
    """The most losing trades in a row."""
    longest = run = 0
    for trade in trades:
        run = run + 1 if trade.pnl < 0 else 0
        longest = max(longest, run)
    return longest


def exposure(trades: Sequence[ClosedTrade], start: datetime, end: datetime) -> float:
    """The share of the time from `start` to `end` in which at least one position was open, 0 to 1."""
    covered = timedelta()
    reached = start
    for trade in sorted(trades, key=lambda item: item.opened_at):
        opened, closed = max(trade.opened_at, reached), min(trade.closed_at, end)
        if closed > opened:
            covered += closed - opened
            reached = closed
    return covered / (end - start) if end > start else 0.0


def _mean(amounts: Sequence[Decimal]) -> Decimal | None:
    return divide(sum(amounts, ZERO), Decimal(len(amounts))) if amounts else None
