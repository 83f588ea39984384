"""What every test gets: a data folder of its own where it uses the database, and the right tests for the database."""

import os
from pathlib import Path

import pytest

USES_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only tests that touch the database say anything new: the others ran on SQLite's turn."""
    if not USES_POSTGRES:
        return
    kept = [item for item in items if item.get_closest_marker("django_db") is not None]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


@pytest.fixture(autouse=True)
def own_data_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The audit file is a copy of one database's trail: a test with an empty database begins with no file."""
    if request.node.get_closest_marker("django_db") is None:
        return
    settings = request.getfixturevalue("settings")
    folder: Path = tmp_path_factory.mktemp("var")
    (folder / "logs").mkdir()
    settings.VAR_DIR = folder
    settings.LOG_DIR = folder / "logs"
