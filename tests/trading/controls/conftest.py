"""A virtual runtime, a directory of its own and an open paper account for each test of the controls."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import Runtime, seeded_runtime
from trading.models import AuditLine, LiveEvent
from trading.services.open_account import open_account


@pytest.fixture
def clock():
    return VirtualClock(datetime(2026, 1, 5, 12, 0, tzinfo=UTC))


@pytest.fixture
def runtime(clock) -> Runtime:
    return seeded_runtime(clock, 1)


@pytest.fixture
def var_dir(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def account(db, var_dir, runtime):
    return open_account(
        runtime=runtime,
        name="paper",
        venue="paper",
        environment="paper",
        quote_asset="USDT",
        cash=Decimal("10000"),
        market_label="SIMULATED",
    )


@pytest.fixture
def events_of():
    return lambda topic: list(LiveEvent.objects.filter(topic=topic).values_list("payload", flat=True))


@pytest.fixture
def audit_kinds():
    return lambda: list(AuditLine.objects.values_list("kind", flat=True))
