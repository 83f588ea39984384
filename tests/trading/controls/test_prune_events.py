"""Old events go, recent ones stay, whatever the size of the heap."""

from datetime import timedelta

import pytest

from trading.models import LiveEvent
from trading.services import prune_events as prune_events_module
from trading.services.prune_events import prune_events


@pytest.mark.django_db
def test_only_old_events_go(runtime, clock, monkeypatch):
    monkeypatch.setattr(prune_events_module, "AT_ONCE", 3)
    for age in (100, 90, 80, 70, 60, 50, 40, 1, 0):
        LiveEvent.objects.create(topic="cycle", ts=clock.now() - timedelta(hours=age), payload={})
    assert prune_events(runtime=runtime) == 6
    assert LiveEvent.objects.count() == 3
    assert prune_events(runtime=runtime) == 0
