"""The small platform of the dashboard's tests."""

import pytest

from autotrader.lib.runtime import system_runtime
from tests.dashboard.scene import Scene, build_scene


@pytest.fixture
def scene(db) -> Scene:
    return build_scene(system_runtime())
