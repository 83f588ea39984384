"""A paper account with two instruments, and short ways to write what risk must see."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import Runtime, seeded_runtime
from tests.trading.risk.build import NOW
from trading.models import Account, InstrumentRow, Intent, OrderRow, PositionRow
from trading.services.open_account import open_account

D = Decimal


@pytest.fixture
def runtime() -> Runtime:
    return seeded_runtime(VirtualClock(NOW), 1)


@pytest.fixture
def account(db, settings, tmp_path, runtime) -> Account:
    settings.VAR_DIR = tmp_path
    return open_account(
        runtime=runtime,
        name="paper",
        venue="paper",
        environment="paper",
        quote_asset="USDT",
        cash=D("10000"),
        market_label="SIMULATED",
    )


def _instrument(symbol: str) -> InstrumentRow:
    return InstrumentRow.objects.create(
        venue="paper",
        symbol=symbol,
        asset_class="crypto",
        base=symbol.removesuffix("USDT"),
        quote="USDT",
        tick_size=D("0.01"),
        lot_size=D("0.00001"),
        min_quantity=D("0.00001"),
        min_notional=D("5"),
    )


@pytest.fixture
def btc(db) -> InstrumentRow:
    return _instrument("BTCUSDT")


@pytest.fixture
def eth(db) -> InstrumentRow:
    return _instrument("ETHUSDT")


@pytest.fixture
def make_intent(account, btc, runtime) -> Callable[..., Intent]:
    def make(**changes: Any) -> Intent:
        values = {
            "id": runtime.ids.ulid(),
            "account": account,
            "instrument": btc,
            "decision_id": runtime.ids.ulid(),
            "leg": "E",
            "strategy": "rules-v1",
            "purpose": "ENTRY",
            "side": "BUY",
            "quantity": D("0.001"),
            "reference_price": D("100000"),
            "limit_price": D("100000"),
            "payload_hash": "0" * 64,
            "state": Intent.State.APPROVED,
            "created_at": NOW,
            "expires_at": NOW + timedelta(seconds=30),
        }
        return Intent.objects.create(**{**values, **changes})

    return make


@pytest.fixture
def make_order(account, btc, runtime) -> Callable[..., OrderRow]:
    def make(sent_at: datetime = NOW, **changes: Any) -> OrderRow:
        values = {
            "id": runtime.ids.ulid(),
            "account": account,
            "instrument": btc,
            "client_order_id": f"atp{runtime.ids.ulid()}E",
            "purpose": "ENTRY",
            "side": "BUY",
            "order_type": "LIMIT",
            "time_in_force": "IOC",
            "quantity": D("0.001"),
            "limit_price": D("100000"),
            "state": "WORKING",
            "created_at": sent_at,
            "sent_at": sent_at,
        }
        return OrderRow.objects.create(**{**values, **changes})

    return make


@pytest.fixture
def hold(account, btc) -> Callable[..., PositionRow]:
    def make(quantity: str, cost: str, instrument: InstrumentRow = btc) -> PositionRow:
        return PositionRow.objects.create(
            account=account,
            instrument=instrument,
            quantity=D(quantity),
            cost=D(cost),
            opened_at=NOW,
            updated_at=NOW,
        )

    return make
