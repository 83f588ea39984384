"""Exports are streamed, ordered by time, and safe to open in a spreadsheet."""

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from autotrader.lib.errors import BadInput
from evaluation.management.commands.export_csv import write_whole
from evaluation.selectors.csv_cells import cell
from evaluation.selectors.exports import Period, export_lines
from tests.evaluation.rows import make_account, make_decision, make_trade
from trading.models import Account

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 23, 12, tzinfo=UTC)
ANY_TIME = Period()


def table(kind: str, account: Account, period: Period = ANY_TIME) -> list[dict[str, str]]:
    return list(csv.DictReader(export_lines(kind, account=account, period=period)))


def test_a_trade_is_its_buy_and_its_sell_in_the_order_of_time() -> None:
    account = make_account()
    entry = make_decision(account, at=NOON - timedelta(hours=3), reasoning="It rises.")
    make_trade(account, "4.2", closed_at=NOON, hold=timedelta(hours=3), entry_decision_id=entry.pk)
    make_trade(account, "-1", closed_at=NOON + timedelta(hours=1), symbol="ETHUSDT", hold=timedelta(hours=3))
    rows = table("trades", account)
    assert [(row["action"], row["ticker"]) for row in rows] == [
        ("BUY", "BTCUSDT"), ("BUY", "ETHUSDT"), ("SELL", "BTCUSDT"), ("SELL", "ETHUSDT"),
    ]  # fmt: skip
    sell = rows[2]
    assert (sell["time"], sell["price"], sell["quantity"]) == ("2026-03-23T12:00:00Z", "101", "0.5")
    assert (sell["pnl"], sell["hold_seconds"]) == ("4.2", "10800")
    assert rows[0]["indicators"] == '{"price":"42500"}'
    assert rows[1]["indicators"] == ""


def test_a_period_leaves_its_end_out() -> None:
    account = make_account()
    make_trade(account, "1", closed_at=NOON)
    assert table("trades", account, Period(start=NOON - timedelta(hours=9), end=NOON))[-1]["action"] == "BUY"
    assert table("trades", account, Period(start=NOON))[0]["action"] == "SELL"


def test_only_the_named_account_is_exported() -> None:
    make_trade(make_account("other"), "1", closed_at=NOON)
    assert table("trades", make_account("mine")) == []


def test_decisions_keep_reasoning_with_commas_and_lines() -> None:
    account = make_account()
    make_decision(account, at=NOON, reasoning='RSI 28, "oversold"\nand rising')
    row = table("decisions", account)[0]
    assert row["reasoning"] == 'RSI 28, "oversold"\nand rising'
    assert (row["confidence"], row["market"]) == ("0.55", '{"price":"42500"}')


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-cmd", "@SUM(A1)", "\tx", "\rx"])
def test_what_a_spreadsheet_would_run_is_made_text(text: str) -> None:
    assert cell(text) == f"'{text}"


def test_a_loss_stays_a_number() -> None:
    assert cell(Decimal("-4.50")) == "-4.5"
    assert cell(-3) == "-3"


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (True, "true"), (NOON, "2026-03-23T12:00:00Z"), ("a=b", "a=b")]
)
def test_other_values_are_plain(value: object, text: str) -> None:
    assert cell(value) == text


def test_an_unknown_kind_names_the_accepted_ones() -> None:
    with pytest.raises(BadInput, match="'fills' cannot be exported; accepted are trades, daily, decisions"):
        export_lines("fills", account=make_account(), period=ANY_TIME)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadInput, match=r"ends .* before it begins"):
        Period(start=NOON, end=NOON)


def test_the_command_writes_a_whole_file(tmp_path: Path) -> None:
    make_trade(make_account(), "1", closed_at=NOON)
    call_command("export_csv", "trades", "--out", str(tmp_path / "trades.csv"))
    assert len((tmp_path / "trades.csv").read_text().splitlines()) == 3


def test_a_broken_export_leaves_no_file(tmp_path: Path) -> None:
    def broken() -> object:
        yield "time\r\n"
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        write_whole(broken(), tmp_path / "out.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["trades", "--account", "nobody"], "there is no account 'nobody'; there are: one, two"),
        (["trades"], "name one with --account; there are: one, two"),
        (["trades", "--account", "one", "--from", "soon"], "'soon' is not a time"),
        (["trades", "--account", "one", "--out", "/nowhere/at/all.csv"], "No such file or directory"),
    ],
)
def test_bad_input_is_one_clear_line(arguments: list[str], message: str) -> None:
    make_account("one")
    make_account("two")
    with pytest.raises(CommandError, match=message):
        call_command("export_csv", *arguments)
