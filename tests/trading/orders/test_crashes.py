"""A kill at every single boundary of the order path; a new process then makes everything good (order-safety.md 5)."""

from datetime import timedelta

import pytest
from django.db import transaction

from tests.fakes.crashes import CrashPlan, boundaries
from tests.fakes.venue import Crash
from tests.trading.orders.books import assert_books_are_true, assert_protected
from tests.trading.orders.world import make_desk
from trading.domain.order import OrderState
from trading.models import Intent, OrderRow
from trading.services.set_trading_state import set_trading_state
from trading.services.verify_audit import verify_audit

MOST_BOUNDARIES = 400


def entry(desk, gateway):
    desk.entry()
    gateway.process()


def stop_hit(desk, gateway):
    desk.venue.move_price("BTCUSDT", "47000")
    gateway.process()


def decided_exit(desk, gateway):
    desk.exit()
    gateway.process()


def entry_with_lost_reply(desk, gateway):
    desk.venue.lose_replies = 1
    entry(desk, gateway)
    desk.run_for(gateway, 3)


def entry_with_lost_request(desk, gateway):
    desk.venue.lose_requests = 1
    entry(desk, gateway)
    desk.run_for(gateway, 3)


def entry_seen_late(desk, gateway):
    desk.venue.hide_new_orders = timedelta(seconds=8)
    desk.venue.lose_replies = 2
    entry(desk, gateway)
    desk.run_for(gateway, 3)


SCENARIOS = {
    "entry": [entry],
    "entry, reply lost": [entry_with_lost_reply],
    "entry, request lost": [entry_with_lost_request],
    "entry, seen late": [entry_seen_late],
    "stop hit": [entry, stop_hit],
    "decided exit": [entry, decided_exit],
}


@pytest.mark.parametrize("atomic_bracket", [False, True], ids=["OCO", "bracket"])
@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS.keys())
def test_a_kill_at_any_boundary_loses_no_intent_and_doubles_no_order(db, var_dir, scenario, atomic_bracket):
    number, was_killed = 0, True
    while was_killed:
        number += 1
        assert number < MOST_BOUNDARIES
        was_killed = _killed_at(scenario, number, atomic_bracket)
    assert number > 8


def _killed_at(scenario, number: int, atomic_bracket: bool) -> bool:
    """Play the scenario in a world of its own, killed at boundary `number`; whether it came that far."""
    mark = transaction.savepoint()
    try:
        own = make_desk(name=f"world-{number}")
        own.venue.atomic_bracket = atomic_bracket
        plan = CrashPlan(number)
        try:
            *before, last = scenario
            gateway = own.started() if before else None
            for act in before:
                act(own, gateway)
            with boundaries(plan, own.venue):
                last(own, gateway or own.started())
        except Crash:
            _recover_and_check(own)
            return True
        return False
    finally:
        transaction.savepoint_rollback(mark)


def _recover_and_check(own) -> None:
    own.venue.lose_requests = own.venue.lose_replies = 0
    own.pass_time(16)
    gateway = own.started()
    for seconds in (1, 3, 12, 20, 20):
        own.pass_time(seconds)
        gateway.process()
    assert_books_are_true(own)
    assert_protected(own)
    assert gateway.is_synced
    live = {Intent.State.APPROVED, Intent.State.SUBMITTED}
    assert not Intent.objects.filter(account=own.account, state__in=live).exists()
    doubtful = [OrderState.SENDING.value, OrderState.UNKNOWN.value, OrderState.QUARANTINED.value]
    assert not OrderRow.objects.filter(account=own.account, state__in=doubtful).exists()
    sent = [leg.client_order_id for s in own.venue.submissions for leg in s.legs if leg.client_order_id[-1] == "E"]
    assert len(sent) == len(set(sent)), "an entry was sent twice"
    assert "reconciliation_mismatch" not in own.incidents()
    assert verify_audit().table.fault is None


@pytest.mark.parametrize("switch", ["REDUCING", "HALTED"])
def test_a_stop_at_any_boundary_lets_no_entry_out_afterwards(db, var_dir, switch):
    """I9: whatever the moment, an entry that leaves later than the stop does not exist, and what was bought is
    protected."""
    number, came_that_far = 0, True
    while came_that_far:
        number += 1
        assert number < MOST_BOUNDARIES
        came_that_far = _stopped_at(number, switch)
    assert number > 20


def _stopped_at(number: int, switch: str) -> bool:
    mark = transaction.savepoint()
    try:
        own = make_desk(name=f"stop-{number}")
        seen: list[int] = []

        def turn() -> None:
            set_trading_state(runtime=own.runtime, account=own.account, state=switch, reason="test", by="me")
            seen.append(len(own.venue.submissions))

        plan = CrashPlan(number, turn)
        with boundaries(plan, own.venue):
            gateway = own.started()
            entry(own, gateway)
        for seconds in (1, 3, 30, 10):
            own.pass_time(seconds)
            gateway.process()
        if not seen:
            return False
        later = own.venue.submissions[seen[0] :]
        # The one submission under way when the switch turned may be seen just after it (in flight).
        assert sum(1 for s in later if s.legs[0].client_order_id.endswith("E")) <= (1 if _was_in_flight(own) else 0)
        assert_books_are_true(own)
        assert_protected(own)
        return True
    finally:
        transaction.savepoint_rollback(mark)


def _was_in_flight(own) -> bool:
    """Whether the entry's row said SENDING before the stop was written."""
    changed = own.account.control
    changed.refresh_from_db()
    order = own.order("E")
    return order is not None and order.account_id == own.account.pk and order.sent_at <= changed.changed_at
