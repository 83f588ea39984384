"""Real threads on a real database: many workers, two gateways, one fill delivered twice at once (P7, P8, I13, I14)."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection

from autotrader.lib.errors import Conflict
from tests.trading.orders.books import assert_books_are_true
from tests.trading.orders.world import FakeVerdict, make_desk
from trading.gateway.order_gateway import OrderGateway
from trading.models import FillRow, Intent, OrderRow
from trading.services.acquire_lease import LeaseHeld, LeaseLost, acquire_lease
from trading.services.apply_fill import FillOutcome, apply_fill
from trading.services.create_intent import create_intent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(var_dir):
    return make_desk()


def together(workers: int, work: Callable[[int], object]) -> list[object]:
    """`work(number)` in as many threads, started at one moment; each closes its connection."""
    gate = threading.Barrier(workers)

    def run(number: int) -> object:
        gate.wait()
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, range(workers)))


def intend(desk, plan) -> Intent:
    return create_intent(
        runtime=desk.runtime,
        account=desk.account,
        instrument_row=desk.instrument,
        plan=plan,
        verdict=FakeVerdict(),
        requires_approval=False,
        leg="E",
    )


def test_fifty_workers_with_fifty_decisions_make_one_active_entry(desk):
    plan = desk.plan("ENTRY", "BUY", "0.02", "50500")
    intents = together(50, lambda number: intend(desk, replace(plan, decision_id=f"{number:026d}")))
    states = [intent.state for intent in intents]
    assert states.count(Intent.State.APPROVED) == 1
    assert states.count(Intent.State.DENIED) == 49
    assert all("p08" in intent.reason for intent in intents if intent.state == Intent.State.DENIED)


def test_one_decision_delivered_twenty_times_makes_one_intent(desk):
    plan = desk.plan("ENTRY", "BUY", "0.02", "50500")
    intents = together(20, lambda number: intend(desk, plan))
    assert len({intent.id for intent in intents}) == 1
    assert Intent.objects.count() == 1


def test_one_decision_cannot_stand_for_two_plans(desk):
    plan = desk.plan("ENTRY", "BUY", "0.02", "50500")
    intend(desk, plan)
    with pytest.raises(Conflict, match="strategy differs"):
        intend(desk, replace(plan, strategy="another"))


def test_one_fill_delivered_by_ten_threads_is_booked_once(desk):
    desk.venue.rests_entries = True
    gateway = desk.started()
    desk.entry()
    gateway.process()
    desk.venue._fill(desk.venue.accepted("E")[0], Decimal("0.02"), Decimal(50000))
    report = desk.venue.fills[0]
    outcomes = together(10, lambda number: apply_fill(runtime=desk.runtime, account=desk.account, report=report))
    assert outcomes.count(FillOutcome.APPLIED) == 1
    assert outcomes.count(FillOutcome.DUPLICATE) == 9
    assert FillRow.objects.count() == 1
    assert_books_are_true(desk)


def test_of_ten_gateways_that_start_at_once_one_gets_the_lease(desk):
    def start(number: int) -> str:
        try:
            acquire_lease(runtime=desk.runtime, name="gateway:7", owner=f"process-{number}")
        except LeaseHeld:
            return "held"
        return "won"

    assert sorted(together(10, start)) == ["held"] * 9 + ["won"]


def test_two_gateways_pumping_at_once_send_each_intent_once(desk):
    """The first is paused beyond its lease, the second takes over, then both pump as fast as they can."""
    old = desk.started()
    desk.pass_time(16)
    new = desk.started()
    lost = []

    def work(number: int) -> None:
        if number == 0:
            _pump_until_lost(old, lost)
        elif number == 1:
            for _ in range(30):
                new.process()
        else:
            for _ in range(5):
                desk.entry("0.002")

    together(3, work)
    new.process()
    assert lost == ["lost"]
    entries = [order.request.client_order_id for order in desk.venue.accepted("E")]
    assert len(entries) == len(set(entries))
    sent = [submission.legs[0].client_order_id for submission in desk.venue.submissions]
    assert len(sent) == len(set(sent))
    assert OrderRow.objects.filter(purpose="ENTRY").count() == len(entries)
    assert_books_are_true(desk)


def _pump_until_lost(gateway: OrderGateway, lost: list[str]) -> None:
    try:
        for _ in range(30):
            gateway.process()
    except LeaseLost:
        lost.append("lost")


def test_the_loop_of_a_gateway_sends_what_is_approved_and_ends_when_told(desk):
    gateway = desk.gateway()
    stop = threading.Event()

    def run() -> None:
        try:
            gateway.run_forever(stop)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        intent = desk.entry()
        gateway.wake()
        for _ in range(100):
            intent.refresh_from_db()
            if intent.state == Intent.State.DONE:
                break
            threading.Event().wait(0.05)
    finally:
        stop.set()
        gateway.wake()
        thread.join(10)
    assert not thread.is_alive()
    assert intent.state == Intent.State.DONE
    desk.gateway().start()
    assert_books_are_true(desk)
