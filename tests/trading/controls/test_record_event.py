"""An event row appears with its transaction, and followers are woken only after the commit."""

from decimal import Decimal

import pytest
from django.db import transaction

from autotrader.lib import events
from trading.models import LiveEvent
from trading.services.record_event import record_event


@pytest.mark.django_db
def test_money_and_moments_become_text(runtime, clock):
    record_event(runtime=runtime, account_id=1, topic="fill", payload={"price": Decimal("1.50"), "at": clock.now()})
    event = LiveEvent.objects.get()
    assert event.payload == {"price": "1.5", "at": "2026-01-05T12:00:00Z"}
    assert event.ts == clock.now()


@pytest.mark.django_db
def test_an_unknown_topic_is_refused(runtime):
    with pytest.raises(ValueError, match="unknown topic"):
        record_event(runtime=runtime, account_id=1, topic="gossip", payload={})
    assert not LiveEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_followers_are_woken_after_the_commit_only(runtime):
    seen: list[int] = []
    unsubscribe = events.subscribe(lambda: seen.append(LiveEvent.objects.count()))
    try:
        with transaction.atomic():
            record_event(runtime=runtime, account_id=None, topic="control", payload={})
            assert seen == []
        assert seen == [1]
    finally:
        unsubscribe()
