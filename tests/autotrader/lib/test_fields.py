"""Money in the database: exact, ordered and summed by its number, on SQLite as on PostgreSQL."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autotrader.lib.fields import ExactDecimalField, ExactSum
from autotrader.lib.money import MONEY_CONTEXT, plain
from trading.models import Account, Balance, EquityPoint

START = datetime(2026, 1, 1, tzinfo=UTC)
money = st.decimals(-(10**19), 10**19, allow_nan=False, allow_infinity=False, places=18)
on_rows = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return Account.objects.create(
        name="a", venue="paper", environment="paper", quote_asset="USDT", starting_cash="0", created_at=START
    )


def store(account: Account, numbers: list[Decimal]) -> None:
    EquityPoint.objects.all().delete()
    EquityPoint.objects.bulk_create(
        EquityPoint(account=account, ts=START + timedelta(seconds=place), equity=number, cash="0")
        for place, number in enumerate(numbers)
    )


def total_of(numbers: list[Decimal]) -> Decimal:
    with localcontext(MONEY_CONTEXT):
        return sum(numbers, Decimal(0))


@on_rows
@given(number=money)
def test_a_number_comes_back_to_its_last_digit(account: Account, number: Decimal) -> None:
    store(account, [number])
    read = EquityPoint.objects.get().equity
    assert read == number
    assert plain(read) == plain(number)


@on_rows
@given(numbers=st.lists(money, min_size=2, max_size=12))
def test_rows_order_by_number_and_not_by_text(account: Account, numbers: list[Decimal]) -> None:
    store(account, numbers)
    assert list(EquityPoint.objects.order_by("equity").values_list("equity", flat=True)) == sorted(numbers)


@on_rows
@given(numbers=st.lists(money, min_size=1, max_size=12), bound=money)
def test_filters_compare_numbers(account: Account, numbers: list[Decimal], bound: Decimal) -> None:
    store(account, numbers)
    assert EquityPoint.objects.filter(equity__gt=bound).count() == sum(number > bound for number in numbers)
    assert EquityPoint.objects.filter(equity__lte=bound).count() == sum(number <= bound for number in numbers)
    assert EquityPoint.objects.filter(equity=numbers[0]).count() == numbers.count(numbers[0])


@on_rows
@given(numbers=st.lists(money, min_size=1, max_size=12))
def test_a_sum_is_exact(account: Account, numbers: list[Decimal]) -> None:
    store(account, numbers)
    assert EquityPoint.objects.aggregate(total=ExactSum("equity"))["total"] == total_of(numbers)


def test_a_sum_over_nothing_is_none(account: Account) -> None:
    assert EquityPoint.objects.aggregate(total=ExactSum("equity"))["total"] is None


def test_a_sum_by_group_is_exact(account: Account) -> None:
    store(account, [Decimal("0.1")] * 10 + [Decimal("1e-18")])
    rows = EquityPoint.objects.order_by().values("account").annotate(total=ExactSum("equity"))
    assert rows[0]["total"] == Decimal("1.000000000000000001")


@pytest.mark.parametrize("value", [0.1, True, "1.2.3", "abc", [], object()])
def test_what_is_no_exact_number_is_refused(account: Account, value: object) -> None:
    with pytest.raises(ValidationError):
        store(account, [value])  # type: ignore[list-item]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e-19", "1e38", "0." + "1" * 19, "9" * 39])
def test_what_cannot_be_stored_whole_is_refused(account: Account, value: str) -> None:
    with pytest.raises(ValidationError):
        store(account, [Decimal(value)])


@pytest.mark.parametrize("value", ["9" * 38, "1e-18", "-" + "9" * 20 + "." + "9" * 18])
def test_the_largest_and_the_smallest_fit(account: Account, value: str) -> None:
    store(account, [Decimal(value)])
    assert EquityPoint.objects.get().equity == Decimal(value)


def test_constraints_compare_numbers(account: Account) -> None:
    Balance.objects.create(account=account, asset="USDT", total="0")
    Balance.objects.create(account=account, asset="BTC", total="10")
    with pytest.raises(IntegrityError), transaction.atomic():
        Balance.objects.create(account=account, asset="ETH", total=Decimal("-0.000000000000000001"))


def test_a_number_can_be_serialised_and_read_back() -> None:
    field = EquityPoint._meta.get_field("equity")
    assert isinstance(field, ExactDecimalField)
    assert field.value_to_string(EquityPoint(equity=Decimal("1E+3"))) == "1000"
    assert field.to_python("1000") == Decimal(1000)


def test_the_column_is_exact_in_the_database() -> None:
    kind = ExactDecimalField().db_type(connection)
    assert kind in ("numeric", "text COLLATE exact_decimal")
