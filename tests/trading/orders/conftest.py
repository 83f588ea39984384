"""The fixtures of the order tests: a directory of its own, and the world of `world.py`."""

import pytest

from tests.trading.orders.world import Desk, make_desk


@pytest.fixture
def var_dir(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def desk(db, var_dir) -> Desk:
    return make_desk()
