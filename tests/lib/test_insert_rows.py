"""Rows in bulk read back as the ORM wrote them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from autotrader.lib.statements import execute, fetch, insert_rows
from tests.ai.fakes import make_account
from trading.models import EquityPoint, LiveEvent

pytestmark = pytest.mark.django_db(transaction=True)
MOMENT = datetime(2026, 3, 2, 12, 0, 0, 250000, tzinfo=UTC)


def test_values_come_back_exactly() -> None:
    account = make_account()
    exact = Decimal("12345678901234567890.123456789012345678")
    insert_rows(EquityPoint, ("account_id", "ts", "equity", "cash"), [(account.pk, MOMENT, exact, Decimal("1E+3"))])
    point = EquityPoint.objects.get()
    assert (point.ts, point.equity, point.cash) == (MOMENT, exact, Decimal(1000))


def test_json_is_json_for_the_orm_too() -> None:
    payload = {"text": "ä", "none": None, "list": [1, 2.5], "money": Decimal("0.10")}
    insert_rows(LiveEvent, ("account_id", "topic", "payload", "ts"), [(None, "cycle", payload, MOMENT)])
    assert LiveEvent.objects.get().payload == {"text": "ä", "none": None, "list": [1, 2.5], "money": "0.1"}
    assert LiveEvent.objects.filter(payload__text="ä").exists()


def test_what_json_cannot_carry_is_refused() -> None:
    with pytest.raises(TypeError, match="set"):
        insert_rows(LiveEvent, ("account_id", "topic", "payload", "ts"), [(None, "cycle", {"x": {1}}, MOMENT)])
    assert LiveEvent.objects.filter(topic="cycle").count() == 0


def test_a_refused_row_keeps_none() -> None:
    account = make_account()
    row = (account.pk, MOMENT, Decimal(1), Decimal(1))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(EquityPoint, ("account_id", "ts", "equity", "cash"), [row, row])
    assert EquityPoint.objects.count() == 0


def test_plain_statements_take_stamps_and_tell_how_many_rows_they_touched() -> None:
    account = make_account()
    insert_rows(EquityPoint, ("account_id", "ts", "equity", "cash"), [(account.pk, MOMENT, Decimal(1), Decimal(1))])
    assert fetch("SELECT COUNT(*) FROM trading_equitypoint WHERE ts >= %s", [MOMENT]) == [(1,)]
    assert execute("UPDATE trading_equitypoint SET ts = %s WHERE ts > %s", [MOMENT, MOMENT]) == 0
