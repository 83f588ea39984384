"""M19: daily performance and every trade are kept in the platform's own database, and exported as CSV."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from autotrader.lib.money import plain
from evaluation.models import DailyPerformance
from tests.evaluation.replaying import made_up
from trading.models import Account, Trade

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account(tmp_path: Path) -> Account:
    """An account with a night and a morning of trading, written by the whole platform into its own database."""
    files = [str(path) for path in made_up(tmp_path / "bars", instruments=2, hours=29)]
    window = ["--from", "2026-01-05T20:00", "--to", "2026-01-06T05:00"]
    close_exits = ["--set", "take_profit_fraction=0.004", "stop_loss_fraction=0.005"]
    call_command(
        "replay", "--json", "--account", "m19", "--bars", *files, *window, *close_exits, "--out", str(tmp_path / "out")
    )
    return Account.objects.get(name="m19")


def exported(kind: str, folder: Path, *options: str) -> list[dict[str, str]]:
    out = folder / f"{kind}.csv"
    call_command("export_csv", kind, "--account", "m19", "--out", str(out), *options)
    with out.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_history_is_kept_by_day_and_by_trade_and_can_be_taken_away(account: Account, tmp_path: Path) -> None:
    trades = list(Trade.objects.filter(account=account).select_related("instrument").order_by("closed_at", "id"))
    assert trades, "the made-up market gave no trade: the test would show nothing"
    _the_days_add_up_to_the_trades(account, trades)
    _the_trades_file_says_what_the_rows_say(exported("trades", tmp_path), trades)
    _the_daily_file_says_what_the_rows_say(exported("daily", tmp_path), account)
    assert len(exported("decisions", tmp_path)) == account.decisions.count()
    assert exported("trades", tmp_path, "--from", "2027-01-01") == []


def _the_days_add_up_to_the_trades(account: Account, trades: list[Trade]) -> None:
    days = list(DailyPerformance.objects.filter(account=account).order_by("date"))
    assert [f"{day.date}" for day in days] == ["2026-01-05", "2026-01-06"]
    assert sum(day.total_trades for day in days) == len(trades)
    assert sum(day.total_pnl for day in days) == sum(trade.pnl for trade in trades)
    for day in days:
        own = [trade for trade in trades if trade.closed_at.date() == day.date]
        assert day.total_pnl == sum((trade.pnl for trade in own), Decimal(0))
        assert day.profitable_trades == sum(trade.pnl > 0 for trade in own)
        assert day.parameters["atr_threshold"] == "1.5"
        if own:
            holds = [(trade.closed_at - trade.opened_at).total_seconds() for trade in own]
            assert abs(day.average_hold_seconds - sum(holds) / len(holds)) <= 1
            assert day.best_symbol in {trade.instrument.symbol for trade in own}


def _the_trades_file_says_what_the_rows_say(lines: list[dict[str, str]], trades: list[Trade]) -> None:
    assert [line["time"] for line in lines] == sorted(line["time"] for line in lines)
    sales = {line["trade_id"]: line for line in lines if line["action"] == "SELL"}
    buys = {line["trade_id"]: line for line in lines if line["action"] == "BUY"}
    assert set(sales) == set(buys) == {trade.id for trade in trades}
    for trade in trades:
        assert sales[trade.id]["ticker"] == trade.instrument.symbol
        assert sales[trade.id]["pnl"] == plain(trade.pnl)
        assert sales[trade.id]["price"] == plain(trade.exit_price)
        assert buys[trade.id]["price"] == plain(trade.entry_price)
        assert buys[trade.id]["quantity"] == plain(trade.quantity)
        assert '"rsi"' in buys[trade.id]["indicators"]


def _the_daily_file_says_what_the_rows_say(lines: list[dict[str, str]], account: Account) -> None:
    days = DailyPerformance.objects.filter(account=account).order_by("date")
    said = [(line["date"], line["total_trades"], line["total_pnl"]) for line in lines]
    assert said == [(f"{day.date}", f"{day.total_trades}", plain(day.total_pnl)) for day in days]


def test_a_name_that_was_used_is_refused(account: Account, tmp_path: Path) -> None:
    files = [str(path) for path in made_up(tmp_path / "again", instruments=1, hours=1)]
    with pytest.raises(Exception, match="there is an account 'm19' already; choose another name"):
        call_command("replay", "--account", "m19", "--bars", *files, "--out", str(tmp_path / "other"))
