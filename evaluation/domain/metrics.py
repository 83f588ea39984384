"""One account's performance in one object: trades, equity curve, use of money, and what holding would have given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from autotrader.lib.money import ONE, ZERO, divide
from evaluation.domain.equity_statistics import (
    CRYPTO_DAYS_A_YEAR,
    RETURN_PLACES,
    EquityStatistics,
    equity_statistics,
)
from evaluation.domain.facts import ClosedTrade, EquityMark
from evaluation.domain.trade_statistics import RATIO_PLACES, TradeStatistics, exposure, trade_statistics


@dataclass(frozen=True, slots=True)
class Performance:
    """Everything a report says about a run. `turnover_ratio` is traded notional over mean equity."""

    trades: TradeStatistics
    equity: EquityStatistics
    exposure: float
    turnover_ratio: Decimal
    buy_and_hold: Decimal | None


def performance(
    trades: Sequence[ClosedTrade],
    marks: Sequence[EquityMark],
    prices: Mapping[str, tuple[Decimal, Decimal]],
    days_a_year: int = CRYPTO_DAYS_A_YEAR,
) -> Performance:
    """The performance of `trades` (in closing order) and `marks` (oldest first).

    `prices` holds the first and last price of each instrument for the comparison with buying and holding them.
    Raises ValueError when there are no marks.
    """
    from_trades = trade_statistics(trades)
    return Performance(
        trades=from_trades,
        equity=equity_statistics(marks, days_a_year),
        exposure=exposure(trades, marks[0].ts, marks[-1].ts),
        turnover_ratio=divide(from_trades.turnover, mean_equity(marks), RATIO_PLACES),
        buy_and_hold=buy_and_hold(prices),
    )


def mean_equity(marks: Sequence[EquityMark]) -> Decimal:
    """The plain mean of the marks."""
    return divide(sum((mark.equity for mark in marks), ZERO), Decimal(len(marks)))


def buy_and_hold(prices: Mapping[str, tuple[Decimal, Decimal]]) -> Decimal | None:
    """The return of equal parts of cash put into each instrument at its first price and kept, costs left out."""
    if not prices:
        return None
    growth = sum((divide(last, first, RETURN_PLACES) for first, last in prices.values()), ZERO)
    return divide(growth, Decimal(len(prices)), RETURN_PLACES) - ONE
