"""What SQLite is told on every connection."""

from decimal import Decimal

import pytest
from django.conf import settings as django_settings
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from autotrader.lib.money import plain
from autotrader.lib.sqlite import ExactSumAggregate, compare_decimals
from autotrader.settings.base import SQLITE_OPTIONS, database_settings

numbers = st.decimals(-(10**19), 10**19, allow_nan=False, allow_infinity=False, places=18)


@given(numbers, numbers)
def test_the_collation_orders_as_numbers_do(left: Decimal, right: Decimal) -> None:
    assert compare_decimals(plain(left), plain(right)) == (left > right) - (left < right)


@given(st.lists(st.none() | numbers.map(plain), max_size=20), st.randoms())
def test_the_sum_does_not_depend_on_the_order_and_skips_null(texts: list[str | None], random) -> None:
    def total(items: list[str | None]) -> str | None:
        aggregate = ExactSumAggregate()
        for item in items:
            aggregate.step(item)
        return aggregate.finalize()

    shuffled = list(texts)
    random.shuffle(shuffled)
    assert total(shuffled) == total(texts)
    assert (total(texts) is None) == all(text is None for text in texts)


@pytest.mark.django_db
def test_a_connection_has_wal_immediate_foreign_keys_and_the_collation() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("this is about SQLite; these tests run on another database")
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert cursor.execute("PRAGMA foreign_keys").fetchone()[0] == 1
        ordered = cursor.execute(
            "SELECT column1 FROM (VALUES ('10'), ('9.5'), ('-1')) ORDER BY column1 COLLATE exact_decimal"
        ).fetchall()
        assert [row[0] for row in ordered] == ["-1", "9.5", "10"]
        assert cursor.execute("SELECT exact_sum(column1) FROM (VALUES ('0.1'), ('0.2'))").fetchone()[0] == "0.3"


def test_sqlite_is_safe_against_a_power_cut_and_against_two_writers() -> None:
    options = database_settings("sqlite:////tmp/x.sqlite3")["OPTIONS"]
    assert options == SQLITE_OPTIONS
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] == 20
    assert "synchronous=FULL" in options["init_command"]


def test_postgresql_gets_a_pool() -> None:
    settings = database_settings("postgresql://u:p@db/x")
    assert settings["ENGINE"] == "django.db.backends.postgresql"
    assert settings["OPTIONS"]["pool"]


def test_the_tests_use_the_settings_of_the_platform() -> None:
    if connection.vendor == "sqlite":
        assert django_settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
