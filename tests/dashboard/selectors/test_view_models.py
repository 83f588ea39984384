"""What the pages are told: figures, positions, decisions, plans, audit lines."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from ai.models import DecisionRow
from dashboard.access.roles import Act
from dashboard.selectors.approvals import waiting_plans
from dashboard.selectors.audit import audit_entry, audit_kinds, audit_lines
from dashboard.selectors.decisions import decision_detail, decision_lines, decisions_of, in_words
from dashboard.selectors.desk import choose_account, find_desk
from dashboard.selectors.figures import read_figures
from dashboard.selectors.health import health_summary
from dashboard.selectors.orders import recent_fills, recent_orders
from dashboard.selectors.positions import OpenPosition, open_positions
from dashboard.selectors.providers import decider_lines
from dashboard.selectors.trades import trades_summary
from health.domain.check_result import CheckResult, HealthReport, Level
from tests.factories.demo import Demo
from trading.domain.bar import Interval
from trading.domain.trading_state import TradingState
from trading.models import Account, AuditLine, EquityPoint, Intent, PositionRow, Trade

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def test_the_win_rate_stands_beside_its_break_even(demo: Demo) -> None:
    win = read_figures(demo.account, _end(demo)).win_rate
    trades = Trade.objects.filter(account=demo.account)
    assert win.break_even == Decimal("0.6250")
    assert win.trades == trades.count()
    assert win.winners == trades.filter(pnl__gt=0).count()


def test_a_trade_that_ends_at_zero_is_no_winner(demo: Demo) -> None:
    before = read_figures(demo.account, _end(demo)).win_rate.winners
    Trade.objects.filter(account=demo.account).update(pnl=Decimal(0))
    assert before >= 0
    assert read_figures(demo.account, _end(demo)).win_rate.winners == 0


def test_there_is_no_win_rate_before_the_first_trade(demo: Demo) -> None:
    Trade.objects.all().delete()
    win = read_figures(demo.account, _end(demo)).win_rate
    assert win.rate is None
    assert not win.is_above_break_even


def test_today_counts_from_midnight_in_utc(demo: Demo) -> None:
    EquityPoint.objects.all().delete()
    for hours, equity in ((-13, "9000"), (-12.5, "9500"), (-1, "9700")):
        EquityPoint.objects.create(
            account=demo.account, ts=NOW + timedelta(hours=hours), equity=Decimal(equity), cash=1
        )
    figures = read_figures(demo.account, NOW)
    assert figures.today_pnl == Decimal(200)
    assert figures.today_fraction == Decimal("0.021053")
    assert figures.total_fraction == Decimal("-0.03")


def test_the_first_day_counts_from_the_starting_cash(demo: Demo) -> None:
    EquityPoint.objects.all().delete()
    assert read_figures(demo.account, NOW).today_pnl is None
    EquityPoint.objects.create(account=demo.account, ts=NOW, equity=Decimal(10050), cash=1)
    assert read_figures(demo.account, NOW).today_pnl == Decimal(50)


def test_a_position_knows_how_far_its_stop_and_target_are() -> None:
    position = _position(price="100", stop="95", target="103")
    assert position.to_stop == Decimal("0.05")
    assert position.to_target == Decimal("0.03")
    assert position.price_place == Decimal("62.5")
    assert position.pnl == Decimal(20)
    assert position.is_protected


def test_a_price_beyond_the_stop_stays_on_the_track() -> None:
    assert _position(price="90", stop="95", target="103").price_place == 0
    assert _position(price="120", stop="95", target="103").price_place == 100


def test_without_a_price_nothing_is_guessed() -> None:
    position = _position(price=None, stop="95", target="103")
    assert (position.value, position.pnl, position.pnl_fraction, position.to_stop, position.price_place) == (None,) * 5


def test_without_a_stop_a_position_is_not_protected() -> None:
    position = _position(price="100", stop=None, target=None)
    assert not position.is_protected
    assert position.to_target is None


def test_open_positions_are_those_that_were_opened_and_not_closed(demo: Demo) -> None:
    found = open_positions(demo.account, Interval.M1)
    assert {position.instrument.id for position in found} == set(
        PositionRow.objects.filter(opened_at__isnull=False).values_list("instrument_id", flat=True)
    )
    assert [p.value for p in found] == sorted((p.value for p in found if p.value), reverse=True)
    PositionRow.objects.update(opened_at=None)
    assert open_positions(demo.account, Interval.M1) == []


def test_holds_can_be_left_out(demo: Demo) -> None:
    everything = decision_lines(decisions_of(demo.account, acting_only=False))
    acting = decision_lines(decisions_of(demo.account, acting_only=True))
    assert {line.action for line in everything} >= {"HOLD", "BUY"}
    assert "HOLD" not in {line.action for line in acting}
    assert len(acting) == len(demo.acting)


def test_a_hold_says_why(demo: Demo) -> None:
    hold = DecisionRow.objects.filter(action="HOLD").first()
    assert hold is not None
    words = []
    for cause in ("opinion", "error", "risk", "data"):
        hold.hold_cause = cause
        words.append(decision_lines([hold])[0].status_words)
    assert len(set(words)) == 4


def test_a_decision_shows_its_four_phases_and_its_orders(demo: Demo) -> None:
    detail = decision_detail(demo.account, demo.acting[0].id)
    assert detail is not None
    assert [phase.number for phase in detail.phases] == [1, 2, 3, 4]
    assert [phase.name for phase in detail.phases][-1] == "Confidence gate"
    assert dict(detail.market)["SMA short"]
    executed = next(d for d in demo.acting if d.action == "BUY" and d.status == "EXECUTED")
    found = decision_detail(demo.account, executed.id)
    assert found is not None
    assert found.orders[0].purpose_words == "Entry"


def test_another_accounts_decision_is_not_there(demo: Demo) -> None:
    other = Account.objects.create(
        name="other", venue="paper", environment="paper", quote_asset="USDT", starting_cash=1, created_at=NOW
    )
    assert decision_detail(other, demo.acting[0].id) is None


def test_stored_values_are_put_into_words() -> None:
    stored = {"rsi": 27.40001, "is_ok": True, "none": None, "list": [1, 2], "map": {"a": 1}, "empty": []}
    words = dict(in_words(stored))
    assert words == {"RSI": "27.4", "Is ok": "yes", "None": "–", "List": "1; 2", "Map": "a 1", "Empty": "–"}
    assert in_words("text") == ()


def test_plans_wait_until_they_expire(demo: Demo) -> None:
    intent = Intent.objects.get(state="AWAITING_APPROVAL")
    plans = waiting_plans(demo.account, intent.created_at)
    assert [plan.id for plan in plans] == [intent.id]
    assert plans[0].to_stop == pytest.approx(Decimal("0.05"), abs=Decimal("0.0001"))
    assert plans[0].reasoning.startswith("RSI")
    assert waiting_plans(demo.account, intent.expires_at) == []


def test_orders_and_fills_come_newest_first(demo: Demo) -> None:
    orders, fills = recent_orders(demo.account, 5), recent_fills(demo.account, 5)
    assert [order.created_at for order in orders] == sorted((o.created_at for o in orders), reverse=True)
    assert [fill.ts for fill in fills] == sorted((fill.ts for fill in fills), reverse=True)
    assert {order.tone for order in orders} <= {"open", "done", "bad"}


def test_the_rules_always_stand_among_the_deciders(demo: Demo) -> None:
    busy = decider_lines(demo.account, _end(demo))
    assert [line.title for line in busy] == ["Built-in rules"]
    assert busy[0].decisions > 0
    idle = decider_lines(demo.account, _end(demo) + timedelta(days=9))
    assert (idle[0].name, idle[0].decisions, idle[0].last_used) == ("rules", 0, None)


def test_decisions_of_yesterday_do_not_count(demo: Demo) -> None:
    end = _end(demo)
    counted = decider_lines(demo.account, end)[0].decisions
    expected = DecisionRow.objects.filter(decided_at__gte=end - timedelta(days=1)).count()
    assert counted == expected


def test_the_sum_of_trades_is_exact(demo: Demo) -> None:
    summary = trades_summary(demo.account)
    assert summary.pnl == sum(Trade.objects.values_list("pnl", flat=True), Decimal(0))
    Trade.objects.all().delete()
    assert trades_summary(demo.account).win_rate is None


def test_health_speaks_in_words() -> None:
    report = HealthReport(
        (CheckResult("gateway", Level.DOWN, "no heartbeat"), CheckResult("new_check", Level.OK, "fine"))
    )
    summary = health_summary(report)
    assert summary.words == "Needs help now"
    assert [(line.title, line.lamp) for line in summary.lines] == [("Order gateway", "bad"), ("New check", "good")]


def test_audit_lines_show_what_they_hold(demo: Demo) -> None:
    row = audit_lines(kind="decision").first()
    assert row is not None
    entry = audit_entry(row)
    assert dict(entry.pairs)["Symbol"]
    assert entry.ts is not None
    assert "decision" in audit_kinds()


def test_a_damaged_audit_line_is_shown_as_damaged() -> None:
    entry = audit_entry(AuditLine(seq=1, kind="x", subject_id="", body="{broken", hash="0" * 64))
    assert entry.pairs == (("Damaged", "{broken"),)
    assert entry.ts is None


def test_the_first_account_that_is_no_replay_is_looked_at() -> None:
    replay = Account(id=1, name="r", environment="replay")
    paper = Account(id=2, name="p", environment="paper")
    assert choose_account([replay, paper], None) is paper
    assert choose_account([replay, paper], 1) is replay
    assert choose_account([replay], 99) is replay
    assert choose_account([], None) is None


def test_the_desk_says_what_holds_trading_back(demo: Demo) -> None:
    demo.account.control.trading_state = TradingState.HALTED.value
    demo.account.control.state_reason = "too many losses"
    demo.account.control.save()
    desk = find_desk(wanted_id=None, acts=frozenset(Act))
    assert desk is not None
    assert desk.is_halted
    assert [stop.reason for stop in desk.stops] == ["too many losses"]
    assert desk.is_simulated
    assert desk.waiting == 1


def _end(demo: Demo) -> datetime:
    last = demo.account.equity_points.order_by("-ts").first()
    assert last is not None
    return last.ts + timedelta(minutes=5)


def _position(*, price: str | None, stop: str | None, target: str | None) -> OpenPosition:
    return OpenPosition(
        instrument=None,  # type: ignore[arg-type]
        quantity=Decimal(10),
        entry_price=Decimal(98),
        price=None if price is None else Decimal(price),
        stop_loss=None if stop is None else Decimal(stop),
        take_profit=None if target is None else Decimal(target),
        opened_at=NOW,
        unprotected_since=None,
        strategy="rules-v1",
        entry_decision_id="",
    )
