"""A run in a few lines for a person, and as plain values for a program."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from autotrader.lib.canonical import iso_utc
from autotrader.lib.money import plain
from evaluation.reports.run_report import RunFacts
from evaluation.reports.wording import money, number, percent

NO_PROMISE = "No real money was traded. Past or simulated results promise nothing; trading can lose all you put in."


def summary_lines(facts: RunFacts, seconds: float) -> list[str]:
    """What is printed on a terminal."""
    trades, equity = facts.performance.trades, facts.performance.equity
    gain = equity.end_equity - equity.start_equity
    kept = sum(check.is_kept for check in facts.checks)
    pairs = [
        ("Result", f"{money(gain, signed=True)} {facts.quote_asset} ({percent(equity.total_return, signed=True)}), "
                   f"after {money(trades.costs)} in commissions"),
        ("Buy and hold", percent(facts.performance.buy_and_hold, signed=True)),
        ("Largest drawdown", percent(equity.drawdown.fraction)),
        ("Win rate", f"{percent(trades.win_rate, places=1)} of {trades.trades} trades; "
                     f"{percent(facts.break_even_win_rate, places=1)} needed to break even before costs"),
        ("Profit factor", number(trades.profit_factor)),
        ("Checks", f"{kept} of {len(facts.checks)} kept"),
    ]  # fmt: skip
    faults = [f"  BROKEN: {check.name}: {check.detail}" for check in facts.checks if not check.is_kept]
    return [
        f"{facts.source} · {' · '.join(facts.labels)}",
        f"{facts.start:%Y-%m-%d %H:%M} to {facts.end:%Y-%m-%d %H:%M} UTC, {facts.cycles:,} cycles in {seconds:.1f} s "
        f"({facts.cycles / max(seconds, 1e-9):,.0f} a second)",
        "",
        *(f"{name:<18}{value}" for name, value in pairs),
        *faults,
        "",
        NO_PROMISE,
    ]


def summary_values(facts: RunFacts) -> dict[str, Any]:
    """The same for `--json`: money as decimal text, ratios as numbers, moments in ISO 8601."""
    result = facts.performance
    return {
        "labels": list(facts.labels),
        "source": facts.source,
        "start": iso_utc(facts.start),
        "end": iso_utc(facts.end),
        "interval": facts.interval,
        "bars": facts.bars,
        "cycles": facts.cycles,
        "is_complete": facts.is_complete,
        "strategy": facts.strategy,
        "parameters": facts.parameters,
        "break_even_win_rate": plain(facts.break_even_win_rate),
        "trades": _plain_values(result.trades),
        "equity": {**_plain_values(result.equity), "drawdown": _plain_values(result.equity.drawdown)},
        "exposure": result.exposure,
        "turnover_ratio": plain(result.turnover_ratio),
        "buy_and_hold": None if result.buy_and_hold is None else plain(result.buy_and_hold),
        "decisions": facts.decisions,
        "checks": [{"name": item.name, "kept": item.is_kept, "detail": item.detail} for item in facts.checks],
        "files": [{"name": item.name, "sha256": item.sha256} for item in facts.files],
        "audit_head": facts.audit_head,
        "seed": facts.seed,
    }


def _plain_values(item: Any) -> dict[str, Any]:
    return {name: _plain_value(getattr(item, name)) for name in item.__dataclass_fields__}


def _plain_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    return iso_utc(value) if hasattr(value, "tzinfo") else value
