"""A virtual runtime and a directory of its own for each test of the audit trail."""

from datetime import UTC, datetime

import pytest

from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import Runtime, seeded_runtime


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
