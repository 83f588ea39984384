"""Approval binding (P11) and client order ids (order-safety.md 2.1)."""

import re
from dataclasses import fields, replace
from decimal import Decimal

import pytest

from trading.domain.order import Purpose
from trading.domain.payload import IntentPayload, client_order_id, is_ours, list_id
from trading.domain.trading_state import Environment

ULID = "01JXYZ0123456789ABCDEFGHJK"
PAYLOAD = IntentPayload(
    intent_id=ULID,
    account_id=1,
    decision_id="d" * 26,
    leg="E",
    symbol="BTCUSDT",
    strategy="rules-v1",
    purpose="ENTRY",
    side="BUY",
    quantity=Decimal("0.02"),
    reference_price=Decimal(50000),
    limit_price=Decimal(50500),
    stop_loss=Decimal(47500),
    take_profit=Decimal(51500),
    risk_approval_id="r" * 26,
)


@pytest.mark.parametrize("name", [item.name for item in fields(IntentPayload)])
def test_changing_any_field_changes_the_hash(name):
    value = getattr(PAYLOAD, name)
    other = f"{value}x" if isinstance(value, str) else value + 1
    assert replace(PAYLOAD, **{name: other}).hash() != PAYLOAD.hash()


def test_one_number_has_one_hash_however_it_is_written():
    assert replace(PAYLOAD, quantity=Decimal("0.0200")).hash() == PAYLOAD.hash()


def test_the_hash_stays_what_it_was():
    assert PAYLOAD.hash() == "56e5af24aca9b075b652b2108d6de190e7cc9a62d1da02400514383c223a5d7b"


def test_no_stop_is_another_payload_than_some_stop():
    assert replace(PAYLOAD, stop_loss=None).hash() != PAYLOAD.hash()


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("environment", Environment)
def test_client_order_ids_fit_every_venue(environment, purpose):
    cid = client_order_id(environment, ULID, purpose)
    assert re.fullmatch(r"[a-zA-Z0-9-_]{1,36}", cid)
    assert cid != list_id(environment, ULID)
    assert is_ours(cid)


def test_legs_and_environments_never_share_an_id():
    made = {client_order_id(e, ULID, p) for e in Environment for p in Purpose} | {list_id(e, ULID) for e in Environment}
    assert len(made) == len(Environment) * (len(Purpose) + 1)


def test_an_id_of_another_length_is_refused():
    with pytest.raises(ValueError, match="26-character"):
        client_order_id(Environment.PAPER, "short", Purpose.ENTRY)


@pytest.mark.parametrize("foreign", ["", "web_1234567890", "at", "x-" + ULID, "atp" + ULID + "EE"])
def test_other_peoples_orders_are_not_ours(foreign):
    assert not is_ours(foreign)
