"""One sender for each account: two gateways never both send (I14), and a crashed one is followed within seconds."""

from datetime import timedelta

import pytest

from autotrader.lib.errors import Conflict
from tests.trading.orders.books import assert_books_are_true
from trading.models import Intent, Lease
from trading.services.acquire_lease import (
    LeaseHeld,
    LeaseLost,
    acquire_lease,
    release_lease,
    renew_lease,
    require_lease,
)


def take(desk, owner):
    return acquire_lease(runtime=desk.runtime, name="gateway:9", owner=owner)


def test_a_held_lease_is_not_taken_over_before_it_expires(desk):
    take(desk, "one")
    desk.pass_time(14)
    with pytest.raises(LeaseHeld, match="held by one"):
        take(desk, "two")


def test_a_take_over_raises_the_fence_and_the_old_owner_finds_out(desk):
    first = take(desk, "one")
    desk.pass_time(15)
    second = take(desk, "two")
    assert second.fence == first.fence + 1
    with pytest.raises(LeaseLost):
        require_lease(runtime=desk.runtime, grip=first)
    with pytest.raises(LeaseLost):
        renew_lease(runtime=desk.runtime, grip=first)
    require_lease(runtime=desk.runtime, grip=second)


def test_the_same_owner_gets_a_new_fence_too(desk):
    first = take(desk, "one")
    desk.pass_time(15)
    assert take(desk, "one").fence == first.fence + 1
    with pytest.raises(LeaseLost):
        require_lease(runtime=desk.runtime, grip=first)


def test_renewing_keeps_it(desk):
    grip = take(desk, "one")
    for _ in range(5):
        desk.pass_time(10)
        renew_lease(runtime=desk.runtime, grip=grip)
    with pytest.raises(LeaseHeld):
        take(desk, "two")


def test_an_expired_lease_that_nobody_took_is_still_ours(desk):
    grip = take(desk, "one")
    desk.pass_time(3600)
    require_lease(runtime=desk.runtime, grip=grip)
    with pytest.raises(LeaseHeld):
        take(desk, "two")


def test_a_released_lease_is_free_at_once(desk):
    release_lease(runtime=desk.runtime, grip=take(desk, "one"))
    assert take(desk, "two").fence == 2


def test_a_gateway_beats_every_five_seconds_while_it_runs(desk):
    gateway = desk.started()
    before = Lease.objects.get().heartbeat_at
    desk.run_for(gateway, 21)
    assert Lease.objects.get().heartbeat_at - before == timedelta(seconds=20)


def test_a_second_gateway_waits_and_takes_over_after_a_crash(desk):
    desk.started()
    second = desk.gateway()
    with pytest.raises(LeaseHeld):
        second.start()
    desk.pass_time(15)
    second.start()
    assert second.is_synced


def test_a_paused_gateway_that_lost_its_lease_sends_nothing(desk):
    paused = desk.started()
    desk.pass_time(16)
    new = desk.started()
    desk.entry()
    with pytest.raises(LeaseLost):
        paused.process()
    assert desk.venue.submissions == []
    new.process()
    assert len(desk.venue.accepted("E")) == 1
    assert_books_are_true(desk)


def test_losing_the_lease_in_the_middle_of_a_pump_sends_nothing(desk):
    old = desk.started()
    intent = desk.entry()
    desk.venue.on_call = lambda moment: Lease.objects.update(fence=77, owner="thief")
    with pytest.raises(LeaseLost):
        old.process()
    intent.refresh_from_db()
    assert intent.state == Intent.State.APPROVED
    assert desk.venue.submissions == []


def test_a_gateway_that_was_not_started_refuses_to_work(desk):
    with pytest.raises(Conflict, match="not started"):
        desk.gateway().process()
