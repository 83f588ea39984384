"""M07: BUY and SELL with a protective stop and target, through the gateway at the paper venue, limits included."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import seeded_runtime
from tests.fakes.crashes import CrashPlan, boundaries
from tests.fakes.venue import Crash
from tests.trading.orders.books import assert_books_agree_with_themselves
from tests.trading.orders.world import FakeVerdict
from tests.trading.paper.fakes import BTC, FakePrices
from trading.adapters.paper.venue import PaperVenue
from trading.domain.decision import IntentPlan, ProtectionPlan
from trading.gateway.order_gateway import OrderGateway
from trading.models import Account, Balance, Intent, OrderRow, PaperBalance, PaperFill, PaperOrder, PositionRow, Trade
from trading.services.create_intent import create_intent
from trading.services.open_account import open_account
from trading.services.register_instruments import register_instruments
from trading.services.set_trading_state import set_trading_state
from trading.services.store_bars import store_bars
from trading.services.verify_audit import verify_audit


@dataclass
class House:
    """One paper account with stored bars, and as many gateway processes as a test wants."""

    clock: VirtualClock
    runtime: object
    account: Account
    instrument: object
    prices: FakePrices
    processes: int = 0
    plans: int = 0

    def venue(self) -> PaperVenue:
        cash = {"USDT": self.account.starting_cash}
        return PaperVenue(self.runtime, self.account.pk, {"BTCUSDT": BTC}, self.prices, starting_balances=cash)

    def start(self, venue: PaperVenue | None = None) -> OrderGateway:
        self.processes += 1
        owner = f"{self.account.name}-{self.processes}"
        gateway = OrderGateway(self.runtime, self.account.pk, venue or self.venue(), owner)
        gateway.start()
        return gateway

    def minute(self, low: str, high: str, close: str) -> None:
        bar = self.prices.bar("BTCUSDT", close, high, low, close)
        store_bars(rows_by_symbol={"BTCUSDT": self.instrument}, bars=[bar], source="test")

    def want(self, side: str, quantity: str = "0.004", *, limit: str = "") -> Intent:
        self.plans += 1
        is_buy = side == "BUY"
        price = self.prices.quote("BTCUSDT").last
        plan = IntentPlan(
            decision_id=f"{self.account.pk:013d}{self.plans:013d}",
            symbol="BTCUSDT",
            side=side,
            purpose="ENTRY" if is_buy else "EXIT",
            quantity=Decimal(quantity),
            reference_price=price,
            limit_price=Decimal(limit) if limit else price * (Decimal("1.01") if is_buy else Decimal("0.99")),
            protection=ProtectionPlan(price * Decimal("0.95"), price * Decimal("1.03")) if is_buy else None,
            strategy="rules-v1",
            decided_at=self.clock.now(),
        )
        return create_intent(
            runtime=self.runtime,
            account=self.account,
            instrument_row=self.instrument,
            plan=plan,
            verdict=FakeVerdict(quantity=Decimal(quantity)),
            requires_approval=False,
            leg="E" if is_buy else "X",
        )

    def open_at_venue(self) -> list[str]:
        rows = PaperOrder.objects.filter(account_id=self.account.pk, state__in=["WORKING", "PARTIAL", "INTENDED"])
        return sorted(rows.values_list("order_type", flat=True))


def make_house(name: str) -> House:
    clock = VirtualClock(datetime(2026, 1, 5, 15, 0, tzinfo=UTC))
    runtime = seeded_runtime(clock, int.from_bytes(name.encode()[-6:]))
    account = open_account(
        runtime=runtime, name=name, venue="paper-test", environment="paper", quote_asset="USDT", cash=Decimal(10000)
    )
    row = register_instruments(venue="paper-test", instruments=[BTC], universe=["BTCUSDT"])[0]
    house = House(clock, runtime, account, row, FakePrices(clock))
    for _ in range(3):
        house.minute("50000", "50000", "50000")
    return house


@pytest.fixture
def var_dir(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def house(db, var_dir):
    return make_house("paper")


def assert_true_at_the_venue(house: House) -> None:
    assert_books_agree_with_themselves(house)
    theirs = {row.asset: row.total for row in PaperBalance.objects.filter(account_id=house.account.pk) if row.total}
    ours = {row.asset: row.total for row in Balance.objects.filter(account=house.account) if row.total}
    assert ours == theirs
    assert PaperFill.objects.filter(account_id=house.account.pk).count() == house.account.fills.count()


def test_a_buy_is_filled_and_protected_at_the_venue_at_once(house):
    gateway = house.start()
    intent = house.want("BUY")
    gateway.process()
    intent.refresh_from_db()
    assert intent.state == Intent.State.DONE, intent.reason
    assert house.open_at_venue() == ["STOP_LOSS", "TAKE_PROFIT"]
    assert PositionRow.objects.get().unprotected_since is None
    assert_true_at_the_venue(house)


@pytest.mark.parametrize(
    ("bar", "reason"),
    [
        (("47000", "50000", "47200"), "stop_loss"),
        (("50000", "52000", "51900"), "take_profit"),
        (("47000", "52000", "50000"), "stop_loss"),
    ],
    ids=["stop", "target", "a bar that touches both: stop first"],
)
def test_the_market_ends_the_position_and_the_trade_is_written(house, bar, reason):
    gateway = house.start()
    house.want("BUY")
    gateway.process()
    house.minute(*bar)
    gateway.process()
    assert Trade.objects.get().exit_reason == reason
    assert house.open_at_venue() == []
    assert_true_at_the_venue(house)


def test_a_sell_lifts_the_protection_and_sells_what_is_held(house):
    gateway = house.start()
    house.want("BUY")
    gateway.process()
    house.want("SELL", "0.003")
    gateway.process()
    assert Trade.objects.get().exit_reason == "decision"
    assert house.open_at_venue() == []
    assert_true_at_the_venue(house)


def test_a_sell_that_finds_no_buyer_at_its_price_is_protected_again(house):
    gateway = house.start()
    house.want("BUY")
    gateway.process()
    house.want("SELL", "0.003", limit="50400")
    gateway.process()
    assert house.open_at_venue() == ["STOP_LOSS", "TAKE_PROFIT"]
    assert_true_at_the_venue(house)


def test_an_order_above_the_limits_is_refused_by_the_gateway_by_the_rules_name(house):
    gateway = house.start()
    intent = house.want("BUY", "0.05")
    gateway.process()
    intent.refresh_from_db()
    assert intent.state == Intent.State.DENIED
    assert "P1_order_notional" in intent.reason
    assert PaperOrder.objects.count() == 0


def test_a_limit_price_far_from_the_market_is_refused(house):
    gateway = house.start()
    intent = house.want("BUY", limit="51000")
    gateway.process()
    intent.refresh_from_db()
    assert intent.state == Intent.State.DENIED
    assert "P3_price_collar" in intent.reason
    assert PaperOrder.objects.count() == 0


def test_the_emergency_stop_holds_back_entries_and_keeps_the_stop(house):
    gateway = house.start()
    house.want("BUY")
    gateway.process()
    set_trading_state(runtime=house.runtime, account=house.account, state="HALTED", reason="test", by="me")
    refused = house.want("BUY", "0.001")
    gateway.process()
    refused.refresh_from_db()
    assert refused.state == Intent.State.DENIED
    assert house.open_at_venue() == ["STOP_LOSS", "TAKE_PROFIT"]


@pytest.mark.slow
def test_killed_at_any_boundary_the_next_start_makes_the_books_true(db, var_dir):
    number, was_killed = 0, True
    while was_killed:
        number += 1
        was_killed = _killed_at(number)
    assert number > 20


def _killed_at(number: int) -> bool:
    mark = transaction.savepoint()
    try:
        house = make_house(f"kill-{number}")
        plan, venue = CrashPlan(number), house.venue()
        hooked = HookedCalls(venue, plan)
        try:
            with boundaries(plan, hooked):
                gateway = house.start(hooked)
                house.want("BUY")
                gateway.process()
                house.minute("47000", "50000", "47200")
                gateway.process()
        except Crash:
            _check_after_restart(house)
            return True
        return False
    finally:
        transaction.savepoint_rollback(mark)


class HookedCalls:
    """The paper venue with a hook before and after every call."""

    def __init__(self, venue: PaperVenue, plan: CrashPlan) -> None:
        self._venue = venue
        self.on_call = lambda moment: None

    def __getattr__(self, name: str):
        method = getattr(self._venue, name)
        if not callable(method):
            return method

        def call(*args):
            self.on_call(f"{name}:before")
            answer = method(*args)
            self.on_call(f"{name}:after")
            return answer

        return call


def _check_after_restart(house: House) -> None:
    house.minute("47000", "50000", "47200")
    gateway = house.start()
    for _ in range(3):
        house.minute("47000", "47500", "47200")
        gateway.process()
    assert_true_at_the_venue(house)
    assert gateway.is_synced
    assert not OrderRow.objects.filter(account=house.account, state__in=["SENDING", "UNKNOWN", "QUARANTINED"]).exists()
    entries = PaperOrder.objects.filter(account_id=house.account.pk, side="BUY").count()
    assert entries <= 1
    assert not PositionRow.objects.filter(account=house.account, opened_at__isnull=False).exists()
    assert house.open_at_venue() == []
    assert verify_audit().table.fault is None
