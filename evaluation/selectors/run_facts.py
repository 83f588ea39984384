"""A finished run, read from its rows into the facts a report and a summary show."""

import hashlib
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count

from ai.models import DecisionRow
from autotrader.lib.canonical import canonical_json
from evaluation.domain.equity_statistics import CRYPTO_DAYS_A_YEAR, STOCK_DAYS_A_YEAR
from evaluation.domain.facts import EquityMark
from evaluation.domain.metrics import performance
from evaluation.models import DailyPerformance
from evaluation.reports.drawings import PriceLine
from evaluation.reports.run_report import RunFacts, SourceFile
from evaluation.selectors.performance_facts import closed_trades, equity_marks
from evaluation.services.run_replay import ReplayRun
from trading.domain.bar import Interval
from trading.domain.instrument import AssetClass
from trading.domain.parameters import break_even_win_rate
from trading.models import Account, AuditHead, InstrumentRow, ParameterSet, Trade
from trading.ports import Feed

WINDOW_BARS = 5000


@dataclass(frozen=True, slots=True)
class RunSource:
    """Where the run's prices came from."""

    feed: Feed
    label: str
    symbols: tuple[str, ...]
    interval: Interval
    files: tuple[SourceFile, ...]
    labels: tuple[str, ...]
    seed: int
    title: str = "Replay report"


def run_facts(account: Account, run: ReplayRun, source: RunSource) -> RunFacts:
    """Everything about `run`. It must have played at least one slot."""
    if run.first_slot is None or run.last_slot is None:
        raise ValueError("a run without a cycle has no report")
    prices = [price_line(source, symbol, run.first_slot, run.last_slot) for symbol in source.symbols]
    prices = [line for line in prices if line.closes]
    marks, trades = _marks(account, run.first_slot), closed_trades(account)
    parameters = ParameterSet.objects.filter(account=account, status=ParameterSet.Status.ACTIVE).get()
    ends = {line.symbol: (_decimal(line.closes[0]), _decimal(line.closes[-1])) for line in prices}
    return RunFacts(
        title=source.title,
        labels=source.labels,
        source=source.label,
        quote_asset=account.quote_asset,
        start=run.first_slot,
        end=run.last_slot,
        interval=source.interval.value,
        bars=sum(len(line.closes) for line in prices),
        cycles=run.cycles,
        is_complete=run.is_complete,
        strategy=parameters.strategy,
        parameters=parameters.values,
        break_even_win_rate=break_even_win_rate(parameters.parameters()),
        performance=performance(trades, marks, ends, days_a_year(account)),
        marks=marks,
        held=held_curve(prices, marks),
        prices=prices,
        trades=trades,
        days=list(DailyPerformance.objects.filter(account=account).order_by("date")),
        decisions=decision_counts(account),
        checks=run.checks,
        files=source.files,
        audit_head=audit_head(),
        seed=source.seed,
    )


def price_line(source: RunSource, symbol: str, start: datetime, end: datetime) -> PriceLine:
    """The bars of one symbol that closed in [start, end], read window by window to spare memory."""
    moments: list[datetime] = []
    lows, highs, closes = array("d"), array("d"), array("d")
    begin, step = start - source.interval.duration, source.interval.duration * WINDOW_BARS
    while begin < end:
        for bar in source.feed.closed_bars(symbol, source.interval, begin, min(begin + step, end)):
            moments.append(bar.close_time)
            lows.append(float(bar.low))
            highs.append(float(bar.high))
            closes.append(float(bar.close))
        begin += step
    return PriceLine(symbol, moments, lows, highs, closes)


def held_curve(prices: Sequence[PriceLine], marks: Sequence[EquityMark]) -> list[float]:
    """What equal parts of the first equity, put into each instrument at its first price, were worth at each mark."""
    if not prices:
        return []
    start = float(marks[0].equity)
    return [start * sum(_growth(line, mark.ts) for line in prices) / len(prices) for mark in marks]


def days_a_year(account: Account) -> int:
    """365 for an account that may trade crypto, 252 for one with stocks only."""
    crypto = InstrumentRow.objects.filter(venue=account.venue, asset_class=AssetClass.CRYPTO).exists()
    return CRYPTO_DAYS_A_YEAR if crypto else STOCK_DAYS_A_YEAR


def decision_counts(account: Account) -> dict[str, int]:
    """How many decisions ended in each status; HOLDs by their cause, because they are different things (M12)."""
    rows = DecisionRow.objects.filter(account=account).values_list("status", "hold_cause").annotate(n=Count("id"))
    return {
        f"{status} ({cause})" if cause else status: count
        for status, cause, count in rows.order_by("status", "hold_cause")
    }


def audit_head() -> str:
    """The last hash of the audit trail."""
    head = AuditHead.objects.order_by("name").first()
    return head.hash if head else ""


def decisions_hash(account: Account) -> str:
    """One hash over every decision of the account, in order: equal runs have equal hashes."""
    columns = (
        "id",
        "instrument__symbol",
        "action",
        "confidence",
        "status",
        "reasoning",
        "denied_by",
        "market",
        "execution",
        "decided_at",
    )
    return _hash_of(DecisionRow.objects.filter(account=account).order_by("id").values_list(*columns).iterator(2000))


def trades_hash(account: Account) -> str:
    """One hash over every finished trade of the account, in order."""
    columns = (
        "id",
        "instrument__symbol",
        "quantity",
        "entry_price",
        "exit_price",
        "commissions",
        "pnl",
        "exit_reason",
        "opened_at",
        "closed_at",
    )
    return _hash_of(
        Trade.objects.filter(account=account).order_by("closed_at", "id").values_list(*columns).iterator(2000)
    )


def _hash_of(rows: Iterable[tuple[Any, ...]]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(canonical_json(row))
        digest.update(b"\n")
    return digest.hexdigest()


def _marks(account: Account, first_slot: datetime) -> list[EquityMark]:
    """The equity curve, with the starting cash in front of it."""
    marks = equity_marks(account)
    if not marks or marks[0].ts > first_slot:
        marks.insert(0, EquityMark(first_slot, account.starting_cash))
    return marks


def _growth(line: PriceLine, moment: datetime) -> float:
    index = max(0, bisect_right(line.moments, moment) - 1)
    return line.closes[index] / line.closes[0]


def _decimal(value: float) -> Decimal:
    """A price that was read from decimal text, back through its shortest text."""
    return Decimal(repr(value))
