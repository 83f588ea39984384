"""A run as one HTML file: opens from disk, needs no network and no script, light and dark, phone and desktop.

The same run gives the same bytes: nothing in it depends on when or how fast it was made. It never promises profit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from django.template.loader import render_to_string

from evaluation.domain.check import Check
from evaluation.domain.facts import ClosedTrade, EquityMark
from evaluation.domain.metrics import Performance
from evaluation.models import DailyPerformance
from evaluation.reports.drawings import Drawing, PriceLine, drawdown_drawing, equity_drawing, price_drawing
from evaluation.reports.wording import DASH, money, number, percent, span, tone

MOST_TRADES_LISTED = 500


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A recording that was played: its name and the SHA-256 of its bytes."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Everything a report shows. `labels` stand beside the title (REPLAY, SIMULATED); `held` follows `marks`."""

    title: str
    labels: tuple[str, ...]
    source: str
    quote_asset: str
    start: datetime
    end: datetime
    interval: str
    bars: int
    cycles: int
    is_complete: bool
    strategy: str
    parameters: dict[str, object]
    break_even_win_rate: Decimal
    performance: Performance
    marks: Sequence[EquityMark]
    held: Sequence[float]
    prices: Sequence[PriceLine]
    trades: Sequence[ClosedTrade]
    days: Sequence[DailyPerformance]
    decisions: dict[str, int]
    checks: Sequence[Check]
    files: Sequence[SourceFile]
    audit_head: str
    seed: int


@dataclass(frozen=True, slots=True)
class Tile:
    """One headline figure."""

    label: str
    value: str
    hint: str = ""
    tone: str = ""


def render_report(facts: RunFacts) -> str:
    """The whole page as text."""
    return render_to_string(
        "evaluation/run_report.html",
        {
            "facts": facts,
            "tiles": _tiles(facts),
            "equity": equity_drawing(facts.marks, facts.held, facts.quote_asset),
            "drawdown": drawdown_drawing(facts.marks),
            "charts": _charts(facts),
            "groups": _statistics(facts),
            "trades": [_trade_line(trade) for trade in reversed(facts.trades[-MOST_TRADES_LISTED:])],
            "days": [_day_line(day) for day in facts.days],
            "parameters": [(name.replace("_", " "), value) for name, value in sorted(facts.parameters.items())],
            "decisions": sorted(facts.decisions.items()),
            "is_sound": all(check.is_kept for check in facts.checks),
        },
    )


def write_report(facts: RunFacts, path: Path) -> Path:
    """The page in `path`, written whole or not at all."""
    draft = path.with_name(path.name + ".part")
    draft.write_text(render_report(facts), encoding="utf-8")
    return draft.replace(path)


def _charts(facts: RunFacts) -> list[Drawing]:
    by_symbol: dict[str, list[ClosedTrade]] = {price.symbol: [] for price in facts.prices}
    for trade in facts.trades:
        by_symbol.setdefault(trade.symbol, []).append(trade)
    return [price_drawing(price, by_symbol[price.symbol]) for price in facts.prices]


def _tiles(facts: RunFacts) -> list[Tile]:
    result, trades, equity = facts.performance, facts.performance.trades, facts.performance.equity
    gain = equity.end_equity - equity.start_equity
    needed = f"{percent(facts.break_even_win_rate, places=1)} needed to break even before costs"
    return [
        Tile("Result", money(gain, signed=True), f"{facts.quote_asset}, after costs", tone(gain)),
        Tile(
            "Return",
            percent(equity.total_return, signed=True),
            f"buy and hold {percent(result.buy_and_hold, signed=True)}",
            tone(equity.total_return),
        ),
        Tile("Largest drawdown", percent(equity.drawdown.fraction), f"longest {span(equity.drawdown.longest)}"),
        Tile("Win rate", percent(trades.win_rate, places=1), needed),
        Tile("Trades", f"{trades.trades:,}", f"{span(trades.average_hold)} held on average"),
        Tile("Profit factor", number(trades.profit_factor), "gains over losses"),
        Tile("Sharpe", number(equity.sharpe), "daily returns, yearly"),
        Tile("Costs", money(trades.costs), f"{facts.quote_asset} in commissions"),
    ]


def _statistics(facts: RunFacts) -> list[tuple[str, list[tuple[str, str]]]]:
    result, trades, equity = facts.performance, facts.performance.trades, facts.performance.equity
    return [
        (
            "Equity",
            [
                ("Start", money(equity.start_equity)),
                ("End", money(equity.end_equity)),
                ("Yearly growth (CAGR, from 90 days)", percent(equity.cagr, signed=True)),
                ("Volatility, yearly", percent(equity.volatility)),
                ("Sharpe", number(equity.sharpe)),
                ("Sortino", number(equity.sortino)),
                ("Largest drawdown", percent(equity.drawdown.fraction)),
                ("Longest time below a former high", span(equity.drawdown.longest)),
            ],
        ),
        (
            "Trades",
            [
                ("Won / lost", f"{trades.wins:,} / {trades.losses:,}"),
                ("Win rate", percent(trades.win_rate)),
                ("Win rate that would have broken even", percent(trades.break_even_win_rate)),
                ("Expectancy a trade", money(trades.expectancy, signed=True)),
                ("Average win", money(trades.average_win)),
                ("Average loss", money(trades.average_loss)),
                ("Most losses in a row", f"{trades.longest_losing_run}"),
                ("Best / worst instrument", f"{trades.best_symbol or DASH} / {trades.worst_symbol or DASH}"),
            ],
        ),
        (
            "Use of money",
            [
                ("Time with an open position", percent(result.exposure, places=1)),
                ("Turnover over mean equity", f"{number(result.turnover_ratio)} ×"),
                ("Bought and sold", money(trades.turnover)),
                ("Commissions", money(trades.costs)),
                ("Sum of the gains", money(trades.gross_profit)),
                ("Sum of the losses", money(trades.gross_loss)),
            ],
        ),
    ]


def _trade_line(trade: ClosedTrade) -> dict[str, str]:
    return {
        "symbol": trade.symbol,
        "opened": f"{trade.opened_at:%d %b %Y %H:%M}",
        "closed": f"{trade.closed_at:%d %b %Y %H:%M}",
        "held": span(trade.hold_time),
        "quantity": f"{trade.quantity:f}",
        "entry": f"{trade.entry_price:,f}",
        "exit": f"{trade.exit_price:,f}",
        "pnl": money(trade.pnl, signed=True),
        "tone": tone(trade.pnl),
        "reason": trade.exit_reason.replace("_", " ").lower(),
    }


def _day_line(day: DailyPerformance) -> dict[str, object]:
    return {
        "date": f"{day.date:%a %d %b %Y}",
        "trades": day.total_trades,
        "win_rate": percent(day.win_rate, places=0),
        "pnl": money(day.total_pnl, signed=True),
        "tone": tone(day.total_pnl),
        "best": day.best_symbol or DASH,
    }
