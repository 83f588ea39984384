"""What every test gets: a data folder of its own where it uses the database, and the right tests for the database."""

import os
from pathlib import Path

import pytest
from django.test import TransactionTestCase

USES_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only tests that touch the database say anything new: the others ran on SQLite's turn."""
    if not USES_POSTGRES:
        return
    kept = [item for item in items if _touches_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _touches_database(item: pytest.Item) -> bool:
    """By its marker, by a fixture that asks for the database, or as one of Django's own test cases."""
    asked_for = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    is_django_case = issubclass(getattr(item, "cls", None) or object, TransactionTestCase)
    return bool(asked_for) or is_django_case or item.get_closest_marker("django_db") is not None


@pytest.fixture(autouse=True)
def own_data_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The audit file is a copy of one database's trail: a test with an empty database begins with no file."""
    if not _touches_database(request.node):
        return
    settings = request.getfixturevalue("settings")
    folder: Path = tmp_path_factory.mktemp("var")
    (folder / "logs").mkdir()
    settings.VAR_DIR = folder
    settings.LOG_DIR = folder / "logs"
