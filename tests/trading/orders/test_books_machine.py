"""Fills in any order, doubled, late, between statuses and restarts: the books stay true after every step (I3-I13)."""

import os
from decimal import Decimal

from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.trading.orders.books import assert_books_agree_with_themselves, assert_books_are_true, assert_protected
from tests.trading.orders.world import make_desk
from trading.models import Balance, OrderRow
from trading.services.apply_fill import apply_fill

PRICES = st.sampled_from(["46000", "47400", "49900", "50000", "50400", "51600", "53000"])


class BooksMachine(RuleBasedStateMachine):
    """A market, a careless messenger and a gateway that is killed now and then."""

    world = 0

    def __init__(self) -> None:
        super().__init__()
        self.mark = transaction.savepoint()
        self.was_held = False
        self.filled: dict[str, Decimal] = {}

    @initialize(atomic_bracket=st.booleans())
    def open(self, atomic_bracket: bool) -> None:
        self.desk = make_desk()
        self.desk.venue.atomic_bracket = atomic_bracket
        self.gateway = self.desk.started()

    @rule(quantity=st.sampled_from(["0.001", "0.01", "0.02"]), limit=st.sampled_from(["49950", "50500", "51400"]))
    def enter(self, quantity: str, limit: str) -> None:
        self.desk.entry(quantity, limit=limit)

    @rule(quantity=st.sampled_from(["0.0005", "0.02", "5"]))
    def leave(self, quantity: str) -> None:
        self.desk.exit(quantity, limit="45000")

    @rule(price=PRICES)
    def market_moves(self, price: str) -> None:
        self.desk.venue.move_price("BTCUSDT", price)

    @rule(liquidity=st.sampled_from(["0", "0.0004", "0.006", "1000"]))
    def liquidity_changes(self, liquidity: str) -> None:
        self.desk.venue.liquidity = Decimal(liquidity)

    @rule(what=st.sampled_from(["lose_requests", "lose_replies"]))
    def wire_fails_once(self, what: str) -> None:
        setattr(self.desk.venue, what, 1)

    @rule(is_held=st.booleans(), is_doubled=st.booleans())
    def messenger_changes(self, is_held: bool, is_doubled: bool) -> None:
        self.was_held |= is_held
        self.desk.venue.holds_fills, self.desk.venue.doubles_fills = is_held, is_doubled

    @rule(seconds=st.sampled_from([1, 5, 31]))
    def time_passes(self, seconds: int) -> None:
        self.desk.pass_time(seconds)
        self.gateway.process()

    @precondition(lambda self: self.desk.venue.fills)
    @rule(data=st.data())
    def a_fill_arrives_out_of_turn(self, data: st.DataObject) -> None:
        report = data.draw(st.sampled_from(self.desk.venue.fills))
        apply_fill(runtime=self.desk.runtime, account=self.desk.account, report=report)

    @rule()
    def killed_and_started(self) -> None:
        self.desk.pass_time(16)
        self.gateway = self.desk.started()

    @invariant()
    def books_are_true(self) -> None:
        if not hasattr(self, "desk"):
            return
        assert_books_agree_with_themselves(self.desk)
        for cid, filled in OrderRow.objects.values_list("client_order_id", "filled_quantity"):
            assert filled >= self.filled.get(cid, Decimal(0)), "cumulative filled fell"
            self.filled[cid] = filled
        assert not Balance.objects.filter(total__lt=0).exists()

    def teardown(self) -> None:
        """Heal all faults: then nothing may be in doubt, and our books are the exchange's."""
        try:
            if hasattr(self, "desk"):
                self._heal_and_check()
        finally:
            transaction.savepoint_rollback(self.mark)

    def _heal_and_check(self) -> None:
        venue = self.desk.venue
        venue.lose_requests = venue.lose_replies = 0
        venue.holds_fills = venue.doubles_fills = False
        venue.liquidity = Decimal(10**9)
        for seconds in (1, 6, 31, 6, 31, 31):
            self.desk.pass_time(seconds)
            self.gateway.process()
        assert not OrderRow.objects.filter(state__in=["SENDING", "UNKNOWN", "QUARANTINED"]).exists()
        assert_books_are_true(self.desk)
        assert_protected(self.desk)
        assert self.was_held or "reconciliation_mismatch" not in self.desk.incidents()


# Without shrinking: a failing run is printed as it is, instead of being played for minutes. EXAMPLES=200 for a night.
BooksMachine.TestCase.settings = settings(
    max_examples=int(os.environ.get("EXAMPLES", "25")),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)


class TestBooks(BooksMachine.TestCase, TestCase):
    """Runs the machine inside Django's test transaction."""
