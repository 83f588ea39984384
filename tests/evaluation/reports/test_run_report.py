"""The report is one file that needs nothing else, says what it is, and promises nothing."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from evaluation.domain.check import Check
from evaluation.domain.metrics import performance
from evaluation.reports.drawings import MOST_MARKERS, PriceLine, price_drawing
from evaluation.reports.run_report import RunFacts, SourceFile, render_report, write_report
from evaluation.reports.run_summary import summary_lines, summary_values
from evaluation.reports.wording import money, percent, span
from tests.evaluation.facts import START, marks, trade


@pytest.fixture
def facts() -> RunFacts:
    curve = marks("10000", "10100", "9990")
    moments = [mark.ts for mark in curve]
    trades = [trade("6", hold_hours=20), trade("-4", symbol="ETHUSDT", opened_hours=24)]
    prices = [PriceLine(symbol, moments, [99.0, 98.0, 97.0], [101.0, 103.0, 102.0], [100.0, 102.0, 99.0])
              for symbol in ("BTCUSDT", "ETHUSDT")]  # fmt: skip
    return RunFacts(
        title="Replay report",
        labels=("REPLAY", "SIMULATED"),
        source="Replay of <b>BTCUSDT</b> 1m",
        quote_asset="USDT",
        start=moments[0],
        end=moments[-1],
        interval="1m",
        bars=6,
        cycles=1234,
        is_complete=True,
        strategy="rules-v1",
        parameters={"atr_threshold": "1.5"},
        break_even_win_rate=Decimal("0.625"),
        performance=performance(trades, curve, {"BTCUSDT": (Decimal(100), Decimal(99))}),
        marks=curve,
        held=[10000.0, 10200.0, 9900.0],
        prices=prices,
        trades=trades,
        days=[],
        decisions={"HOLD (opinion)": 1200},
        checks=[Check("The ledger sums to zero", True, "in each of 2 assets")],
        files=[SourceFile("btc.csv.gz", "ab" * 32)],
        audit_head="cd" * 32,
        seed=7,
    )


def test_it_needs_no_network_and_no_script(facts: RunFacts) -> None:
    page = render_report(facts)
    assert "<script" not in page
    assert re.findall(r"(?:src|href|url)\s*[=(]", page) == []
    assert "default-src 'none'" in page


def test_it_says_what_it_is_and_promises_nothing(facts: RunFacts) -> None:
    page = render_report(facts)
    for text in (
        "REPLAY",
        "SIMULATED",
        "No real money was traded here.",
        "62.5 % needed to break even",
        "1,234 cycles",
    ):
        assert text in page
    assert "ab" * 32 in page
    assert "cd" * 32 in page


def test_it_is_light_and_dark_and_fits_a_phone(facts: RunFacts) -> None:
    page = render_report(facts)
    assert "prefers-color-scheme:dark" in page
    assert "max-width:560px" in page
    assert 'name="viewport"' in page


def test_names_from_files_cannot_become_markup(facts: RunFacts) -> None:
    page = render_report(facts)
    assert "<b>BTCUSDT</b>" not in page
    assert "&lt;b&gt;BTCUSDT" in page


def test_a_broken_promise_and_an_early_end_stand_at_the_top(facts: RunFacts) -> None:
    page = render_report(replace(facts, is_complete=False, checks=[Check("The ledger sums to zero", False, "USDT: 1")]))
    assert "stopped before the end" in page
    assert "Do not rely on these figures" in page
    assert "Do not rely" not in render_report(facts)


def test_a_run_without_trades_has_a_report_too(facts: RunFacts) -> None:
    page = render_report(replace(facts, trades=[], performance=performance([], facts.marks, {}), held=[]))
    assert "No trade was closed in this time." in page


def test_the_same_facts_give_the_same_bytes(facts: RunFacts, tmp_path: Path) -> None:
    first = write_report(facts, tmp_path / "one.html").read_bytes()
    assert write_report(facts, tmp_path / "two.html").read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.html", "two.html"]


def test_each_trade_is_marked_where_it_was_bought_and_sold(facts: RunFacts) -> None:
    drawing = price_drawing(facts.prices[0], [facts.trades[0]])
    assert [marker.kind for marker in drawing.markers] == ["entry", "win"]
    assert drawing.markers[0].left == 0.0
    assert "Bought 2 at 100" in drawing.markers[0].title


def test_too_many_trades_are_cut_and_that_is_said(facts: RunFacts) -> None:
    drawing = price_drawing(facts.prices[0], [facts.trades[0]] * (MOST_MARKERS + 1))
    assert len(drawing.markers) == 2 * MOST_MARKERS
    assert drawing.note == f"The last {MOST_MARKERS} of {MOST_MARKERS + 1} trades are marked."


def test_the_summary_is_plain_values_and_plain_words(facts: RunFacts) -> None:
    values = summary_values(facts)
    assert values["equity"]["end_equity"] == "9990"
    assert values["trades"]["win_rate"] == "0.5"
    assert values["start"] == "2026-03-23T12:00:00Z"
    text = "\n".join(summary_lines(facts, seconds=2.0))
    assert "1,234 cycles in 2.0 s (617 a second)" in text
    assert "1 of 1 kept" in text


def test_figures_read_as_people_write_them() -> None:
    assert (money(Decimal("-1234.5"), signed=True), money(None)) == ("−1,234.50", "–")
    assert (percent(Decimal("0.0123"), signed=True), percent(None)) == ("+1.23 %", "–")
    assert (span(timedelta(days=1, hours=2)), span(timedelta(minutes=90)), span(timedelta(minutes=5))) == (
        "1 d 2 h", "1 h 30 min", "5 min",
    )  # fmt: skip
    assert START.tzinfo is not None
