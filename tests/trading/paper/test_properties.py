"""Whatever is done in whatever order: the paper venue's books add up, and nothing is sold twice."""

from collections import defaultdict
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import seeded_runtime
from tests.trading.paper.fakes import BTC, START, FakePrices, bracket, d, exits, single
from trading.adapters.paper.fees import RateFees
from trading.adapters.paper.slippage import SpreadAndImpact
from trading.adapters.paper.venue import PaperVenue
from trading.domain.order import Contingency, OrderType, Side, Submission, TimeInForce
from trading.models import PaperBalance, PaperFill, PaperOrder
from trading.ports import OrderRejected

DEPOSIT = d(10000)
LIMIT, IOC, GTC = OrderType.LIMIT, TimeInForce.IOC, TimeInForce.GTC

move = st.integers(-6, 6)
away = st.integers(1, 8)
size = st.integers(1, 200).map(lambda lots: lots * d("0.1"))
waiting = st.sampled_from([IOC, GTC])
bar = st.tuples(st.just("bar"), move, move, move, move, st.integers(0, 300))
listed = st.one_of(
    st.tuples(st.just("oco"), size, away, away), st.tuples(st.just("bracket"), size, move, away, away, waiting)
)
other = st.one_of(
    st.tuples(st.just("market"), st.sampled_from(Side), size),
    st.tuples(st.just("limit"), st.sampled_from(Side), size, move, st.sampled_from([IOC, GTC, TimeInForce.FOK])),
    st.tuples(st.just("stop"), st.sampled_from(Side), size, move),
    st.tuples(st.just("cancel"), st.integers(0, 30), st.sampled_from("EST")),
    st.tuples(st.just("restart")),
)
step = st.one_of(bar, bar, bar, listed, listed, other)


class Machine:
    """Plays random steps on a venue; refusals are part of the game."""

    def __init__(self, *, in_base: bool) -> None:
        self.clock = VirtualClock(START)
        self.prices = FakePrices(self.clock, volume=d(100))
        self.prices.price("BTCUSDT", 100)
        self.in_base = in_base
        self.count = 0
        self.last = 100
        self.restart()

    def restart(self) -> None:
        self.venue = PaperVenue(
            seeded_runtime(self.clock, 1),
            1,
            {"BTCUSDT": BTC},
            self.prices,
            starting_balances={"USDT": DEPOSIT},
            fees=RateFees(in_base=self.in_base),
            slippage=SpreadAndImpact(),
        )

    def play(self, name: str, *values) -> None:
        self.count += 1
        try:
            getattr(self, name)(*values)
        except OrderRejected:
            return

    def bar(self, gap, a, b, change, volume) -> None:
        self.last = max(20, self.last)
        every = (self.last + gap, self.last + a, self.last + b, self.last + change)
        self.prices.bar("BTCUSDT", every[0], max(every), min(every), every[3], volume)
        self.last = every[3]
        self.venue.open_orders()

    def market(self, side, quantity) -> None:
        self.venue.submit(single(f"o{self.count}E", side, quantity))

    def limit(self, side, quantity, move, tif) -> None:
        at = self.last + move
        self.venue.submit(single(f"o{self.count}E", side, quantity, kind=LIMIT, limit=at, tif=tif))

    def stop(self, side, quantity, move) -> None:
        self.venue.submit(single(f"o{self.count}E", side, quantity, kind=OrderType.STOP_LOSS, stop=self.last + move))

    def oco(self, quantity, below, above) -> None:
        name = f"o{self.count}"
        legs = exits(quantity, self.last - below, self.last + above, name=name)
        self.venue.submit(Submission(f"{name}L", Contingency.OCO, legs))

    def bracket(self, quantity, move, below, above, tif) -> None:
        at = self.last + move
        self.venue.submit(bracket(quantity, at, at - below, at + above, name=f"o{self.count}", tif=tif))

    def cancel(self, number, letter) -> None:
        cid = f"o{number}{letter}"
        if self.venue.order(cid) is not None:
            self.venue.cancel(cid)


def expected_balances(fills) -> dict[str, Decimal]:
    totals = defaultdict(Decimal, {"USDT": DEPOSIT})
    for fill in fills:
        sign = 1 if fill.side is Side.BUY else -1
        totals["BTC"] += sign * fill.quantity
        totals["USDT"] -= sign * fill.quantity * fill.price
        totals[fill.commission_asset] -= fill.commission
    return {asset: total for asset, total in totals.items() if total != 0}


def check_orders(fills) -> None:
    filled = defaultdict(Decimal)
    brought = defaultdict(Decimal)
    for fill in fills:
        filled[fill.client_order_id] += fill.quantity
        brought[fill.client_order_id] += fill.quantity - (fill.commission if fill.commission_asset == "BTC" else 0)
    lists = defaultdict(list)
    for order in PaperOrder.objects.all():
        assert order.filled_quantity == filled[order.client_order_id] <= order.quantity
        if order.contingency == "OCO" or order.parent_client_order_id:
            lists[order.list_id].append(order)
    for legs in lists.values():
        sold = sum(leg.filled_quantity for leg in legs)
        assert [leg.state for leg in legs].count("FILLED") <= 1
        parent = legs[0].parent_client_order_id
        allowed = brought[parent] if parent else max(leg.quantity for leg in legs)
        assert sold <= allowed


class TestPaperBooks(TestCase):
    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=st.lists(step, min_size=5, max_size=40), in_base=st.booleans())
    def test_balances_are_the_deposit_and_the_fills_and_never_negative(self, steps, in_base):
        machine = Machine(in_base=in_base)
        machine.play("market", Side.BUY, d(20))
        for name, *values in steps:
            machine.play(name, *values)
            balances = machine.venue.balances()
            assert all(total > 0 for total in balances.values())
        fills, _ = machine.venue.fills_after("")
        assert balances == expected_balances(fills)
        check_orders(fills)

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=st.lists(step, min_size=5, max_size=30))
    def test_a_restart_between_any_two_steps_changes_nothing(self, steps):
        outcomes = []
        for restarts in (False, True):
            machine = Machine(in_base=True)
            first = machine.venue.fills_after("")[1] or "0"
            machine.play("market", Side.BUY, d(20))
            for name, *values in steps:
                if name != "restart":
                    machine.play(name, *values)
                if restarts:
                    machine.restart()
            fills = [fill for fill in machine.venue.fills_after("")[0] if int(fill.venue_fill_id) > int(first)]
            outcomes.append([(f.client_order_id, f.quantity, f.price, f.ts_event) for f in fills])
            _forget()
        assert outcomes[0] == outcomes[1]


def _forget() -> None:
    PaperFill.objects.all().delete()
    PaperOrder.objects.all().delete()
    PaperBalance.objects.all().delete()
