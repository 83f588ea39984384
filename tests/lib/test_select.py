"""A prepared statement reads exactly what the ORM reads."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from autotrader.lib.statements import Select
from trading.models import Account

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 23, 12, tzinfo=UTC)
COLUMNS = ("id", "name", "starting_cash", "created_at")
YOUNGER = Select(Account, COLUMNS, "WHERE created_at > %s ORDER BY id")


@pytest.fixture(autouse=True)
def accounts() -> None:
    for number, cash in enumerate(["0.000000000000000001", "12345678901234567890.123456789", "7"]):
        Account.objects.create(
            name=f"a{number}", venue="paper", environment="paper", quote_asset="USDT", starting_cash=Decimal(cash),
            created_at=NOON + timedelta(hours=number),
        )  # fmt: skip


def test_values_are_converted_as_the_orm_does() -> None:
    rows = YOUNGER.rows([NOON - timedelta(hours=1)])
    assert rows == list(Account.objects.order_by("id").values_list(*COLUMNS))
    assert all(type(row[2]) is Decimal and row[3].tzinfo is not None for row in rows)


def test_values_are_bound_and_compared_as_stamps() -> None:
    assert [row[1] for row in YOUNGER.rows([NOON])] == ["a1", "a2"]
    assert YOUNGER.rows([NOON + timedelta(days=1)]) == []


def test_it_is_one_statement() -> None:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        YOUNGER.rows([NOON])
    assert len(seen) == 1


def test_an_unknown_column_is_refused_when_it_is_written() -> None:
    with pytest.raises(StopIteration):
        Select(Account, ("colour",), "")
