"""Rows for tests of the evaluation floor, made straight in the tables with all that does not matter filled in."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from ai.models import CycleRow, DecisionRow
from tests.evaluation.facts import START
from trading.models import Account, InstrumentRow, ParameterSet, Trade

_numbers = count(1)


def new_id() -> str:
    return f"{next(_numbers):026d}"


def make_account(name: str = "paper", *, environment: str = "paper") -> Account:
    return Account.objects.create(
        name=name,
        venue="paper",
        environment=environment,
        quote_asset="USDT",
        starting_cash=Decimal(10000),
        created_at=START,
    )


def make_instrument(symbol: str = "BTCUSDT", *, calendar: str = "24/7") -> InstrumentRow:
    row, _ = InstrumentRow.objects.get_or_create(
        venue="paper",
        symbol=symbol,
        defaults={
            "asset_class": "crypto" if calendar == "24/7" else "stock",
            "base": symbol.removesuffix("USDT"),
            "quote": "USDT",
            "tick_size": Decimal("0.01"),
            "lot_size": Decimal("0.00001"),
            "min_quantity": Decimal("0.00001"),
            "min_notional": Decimal(5),
            "calendar": calendar,
        },
    )
    return row


def make_trade(
    account: Account,
    pnl: str,
    *,
    closed_at: datetime,
    symbol: str = "BTCUSDT",
    calendar: str = "24/7",
    hold: timedelta = timedelta(hours=1),
    **changes: Any,
) -> Trade:
    values: dict[str, Any] = {
        "strategy": "rules-v1",
        "quantity": Decimal("0.5"),
        "entry_price": Decimal(100),
        "exit_price": Decimal(101),
        "commissions": Decimal("0.1"),
        "pnl_fraction": Decimal("0.01"),
        "exit_reason": "TAKE_PROFIT",
        **changes,
    }
    return Trade.objects.create(
        id=new_id(),
        account=account,
        instrument=make_instrument(symbol, calendar=calendar),
        pnl=Decimal(pnl),
        opened_at=closed_at - hold,
        closed_at=closed_at,
        **values,
    )


def make_parameter_set(
    account: Account, *, activated_at: datetime, status: str = "active", **values: Any
) -> ParameterSet:
    return ParameterSet.objects.create(
        id=new_id(),
        account=account,
        strategy="rules-v1",
        values=values,
        status=status,
        reason="for a test",
        proposed_by="test",
        proposed_at=activated_at,
        activated_by="test",
        activated_at=activated_at,
    )


def make_decision(
    account: Account, *, at: datetime, reasoning: str = "RSI is low.", action: str = "HOLD"
) -> DecisionRow:
    cycle, _ = CycleRow.objects.get_or_create(
        account=account,
        slot=at,
        defaults={
            "id": new_id(),
            "state": "DONE",
            "is_execution": True,
            "started_at": at,
            "parameter_set_id": new_id(),
            "lease_until": at,
        },
    )
    return DecisionRow.objects.create(
        id=new_id(),
        cycle=cycle,
        account=account,
        instrument=make_instrument(),
        action=action,
        confidence=Decimal("0.55"),
        status="HOLD",
        reasoning=reasoning,
        decided_by="rules",
        model="rules-v1",
        market={"price": "42500"},
        decided_at=at,
    )
