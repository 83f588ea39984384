"""Whole rows written and read by plain statements are the ORM's own rows."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.forms.models import model_to_dict

from autotrader.lib.statements import Select, SelectRows, fetch_locked, insert_new, update_row
from trading.models import Account, Balance, LiveEvent

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 3, 2, 12, 0, 0, 250000, tzinfo=UTC)
BALANCE = SelectRows(Balance, "WHERE t.account_id = %s ORDER BY t.asset", related=("account",))
EVENTS = SelectRows(LiveEvent, "ORDER BY t.id")


def make_account() -> Account:
    return Account.objects.create(
        name="plain", venue="paper", environment="paper", quote_asset="USDT", starting_cash=Decimal(0),
        created_at=MOMENT,
    )  # fmt: skip


def new_balance(account: Account, total: str = "1.5", asset: str = "BTC") -> Balance:
    row = Balance(account=account, asset=asset, total=Decimal(total))
    insert_new([row])
    return row


def test_a_new_row_gets_its_key_and_reads_back_as_the_orm_reads_it() -> None:
    row = new_balance(make_account(), "12345678901234567890.123456789012345678")
    stored = Balance.objects.get(pk=row.pk)
    assert model_to_dict(stored) == model_to_dict(row)
    assert not row._state.adding


def test_a_row_is_read_with_the_row_behind_its_key_in_one_statement(django_assert_num_queries) -> None:
    account = make_account()
    new_balance(account)
    with django_assert_num_queries(1):
        row = BALANCE.one((account.pk,))
        assert row.account.name == account.name
    assert row == Balance.objects.get()
    assert model_to_dict(row) == model_to_dict(Balance.objects.get())
    assert model_to_dict(row.account) == model_to_dict(Account.objects.get(pk=account.pk))
    row.total = Decimal(7)
    row.save()
    assert Balance.objects.get().total == 7


def test_json_and_stamps_survive() -> None:
    insert_new([LiveEvent(account_id=None, topic="cycle", payload={"a": [1, None, "ä"]}, ts=MOMENT)])
    row = EVENTS.one(())
    assert (row.payload, row.ts, row.account_id) == ({"a": [1, None, "ä"]}, MOMENT, None)


def test_a_column_behind_a_key_is_named_with_a_point() -> None:
    account = make_account()
    new_balance(account)
    rows = Select(Balance, ("asset", "account.name"), "WHERE t.account_id = %s").rows((account.pk,))
    assert rows == [("BTC", account.name)]


def test_only_the_named_columns_of_a_row_are_changed() -> None:
    row = new_balance(make_account())
    row.total, row.asset = Decimal("0.1"), "ETH"
    update_row(row, "total")
    stored = Balance.objects.get()
    assert (stored.total, stored.asset) == (Decimal("0.1"), "BTC")


def test_a_row_that_is_gone_cannot_be_changed() -> None:
    row = new_balance(make_account())
    Balance.objects.all().delete()
    with pytest.raises(DatabaseError, match="not there"):
        update_row(row, "total")


@pytest.mark.parametrize("bad", [1.5, Decimal("1e-19"), Decimal("NaN"), "many"])
def test_a_number_the_column_cannot_keep_is_refused(bad) -> None:
    row = new_balance(make_account())
    row.total = bad
    with pytest.raises(ValidationError):
        update_row(row, "total")
    with pytest.raises(ValidationError):
        insert_new([Balance(account=row.account, asset="ETH", total=bad)])
    assert Balance.objects.get().total == Decimal("1.5")


def test_a_refused_row_keeps_none_of_its_company() -> None:
    account = make_account()
    rows = [Balance(account=account, asset="BTC", total=Decimal(1)) for _ in range(2)]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_new(rows)
    assert not Balance.objects.exists()


def test_what_is_not_there_is_none_or_raises() -> None:
    assert BALANCE.first((0,)) is None
    with pytest.raises(Balance.DoesNotExist):
        BALANCE.one((0,))


def test_rows_are_locked_inside_a_transaction() -> None:
    account = make_account()
    row = new_balance(account)
    with transaction.atomic():
        assert BALANCE.first((account.pk,), lock=True) == row
        assert fetch_locked("SELECT asset FROM trading_balance WHERE account_id = %s", (account.pk,)) == [("BTC",)]


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        BALANCE.first((1,), lock=True)
    with pytest.raises(transaction.TransactionManagementError):
        fetch_locked("SELECT asset FROM trading_balance", ())
