"""What an equity curve says: return, volatility, Sharpe, Sortino, drawdown.

Money and total return are exact; ratios of returns are floats. Ratios stand on daily returns (the last mark of each
UTC day) and are None while there are too few days for them to mean anything.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from autotrader.lib.money import ONE, ZERO, divide
from evaluation.domain.facts import EquityMark

CRYPTO_DAYS_A_YEAR = 365
STOCK_DAYS_A_YEAR = 252
FEWEST_DAILY_RETURNS = 5
SHORTEST_SPAN_FOR_CAGR = timedelta(days=90)
YEAR = timedelta(days=365.25)
RETURN_PLACES = 12


@dataclass(frozen=True, slots=True)
class Drawdown:
    """The deepest fall from a peak, as a positive fraction, and the longest time spent below a former peak."""

    fraction: Decimal
    peak_at: datetime
    trough_at: datetime
    longest: timedelta


@dataclass(frozen=True, slots=True)
class EquityStatistics:
    """Figures of one equity curve. `total_return` and the drawdown are fractions of one."""

    start_equity: Decimal
    end_equity: Decimal
    total_return: Decimal
    cagr: float | None
    volatility: float | None
    sharpe: float | None
    sortino: float | None
    drawdown: Drawdown


def equity_statistics(marks: Sequence[EquityMark], days_a_year: int = CRYPTO_DAYS_A_YEAR) -> EquityStatistics:
    """The statistics of `marks`, oldest first. Raises ValueError for no marks or a start of nothing."""
    if not marks or marks[0].equity <= 0:
        raise ValueError("an equity curve needs at least one mark and must start above zero")
    returns = daily_returns(marks)
    is_enough = len(returns) >= FEWEST_DAILY_RETURNS
    return EquityStatistics(
        start_equity=marks[0].equity,
        end_equity=marks[-1].equity,
        total_return=total_return(marks),
        cagr=cagr(marks),
        volatility=volatility(returns, days_a_year) if is_enough else None,
        sharpe=sharpe(returns, days_a_year) if is_enough else None,
        sortino=sortino(returns, days_a_year) if is_enough else None,
        drawdown=max_drawdown(marks),
    )


def total_return(marks: Sequence[EquityMark]) -> Decimal:
    """Last over first, less one."""
    return divide(marks[-1].equity, marks[0].equity, RETURN_PLACES) - ONE


def cagr(marks: Sequence[EquityMark]) -> float | None:
    """The yearly growth rate; None under 90 days, where raising to a year would invent a number."""
    span = marks[-1].ts - marks[0].ts
    if span < SHORTEST_SPAN_FOR_CAGR or marks[-1].equity <= 0:
        return None
    growth: float = float(marks[-1].equity / marks[0].equity) ** (YEAR / span)
    return growth - 1


def daily_returns(marks: Sequence[EquityMark]) -> list[float]:
    """Returns from one UTC day's last mark to the next one's; the first day counts from the first mark."""
    closes = {mark.ts.date(): mark.equity for mark in marks}
    values = [marks[0].equity, *closes.values()]
    return [float(after / before) - 1 for before, after in pairwise(values) if before > 0]


def volatility(returns: Sequence[float], days_a_year: int) -> float:
    """The sample standard deviation of daily returns, scaled to a year."""
    return statistics.stdev(returns) * math.sqrt(days_a_year)


def sharpe(returns: Sequence[float], days_a_year: int) -> float | None:
    """Mean over standard deviation of daily returns, scaled to a year, against a riskless rate of zero."""
    deviation = statistics.stdev(returns)
    return statistics.fmean(returns) / deviation * math.sqrt(days_a_year) if deviation > 0 else None


def sortino(returns: Sequence[float], days_a_year: int) -> float | None:
    """As Sharpe, over the root mean square of the negative returns only; None when no day lost."""
    downside = math.sqrt(statistics.fmean(min(value, 0.0) ** 2 for value in returns))
    return statistics.fmean(returns) / downside * math.sqrt(days_a_year) if downside > 0 else None


def drawdown_curve(marks: Sequence[EquityMark]) -> list[Decimal]:
    """For each mark how far it lies below the highest mark so far, as a positive fraction."""
    curve, peak = [], ZERO
    for mark in marks:
        peak = max(peak, mark.equity)
        curve.append(ONE - divide(mark.equity, peak, RETURN_PLACES) if peak > 0 else ZERO)
    return curve


def max_drawdown(marks: Sequence[EquityMark]) -> Drawdown:
    """The deepest drawdown with its peak and trough, and the longest time under water (still open ones count)."""
    curve = drawdown_curve(marks)
    trough = max(range(len(marks)), key=curve.__getitem__)
    peak = max(range(trough + 1), key=lambda index: (marks[index].equity, index))
    return Drawdown(curve[trough], marks[peak].ts, marks[trough].ts, longest_under_water(marks))


def longest_under_water(marks: Sequence[EquityMark]) -> timedelta:
    """The longest time from a peak until it was reached again, or until the end."""
    longest, peak, is_under = timedelta(), marks[0], False
    for mark in marks[1:]:
        was_under, is_under = is_under, mark.equity < peak.equity
        if is_under or was_under:
            longest = max(longest, mark.ts - peak.ts)
        if not is_under:
            peak = mark
    return longest
