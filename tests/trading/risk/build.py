"""A plan that every rule allows, and the facts it is allowed on: tests change one thing at a time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from trading.domain.decision import IntentPlan, ProtectionPlan
from trading.domain.instrument import AssetClass, Instrument
from trading.domain.risk.context import Approval, PriceView, RiskContext, Stage
from trading.domain.trading_state import TradingState

NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)

BTC = Instrument(
    symbol="BTCUSDT",
    asset_class=AssetClass.CRYPTO,
    base="BTC",
    quote="USDT",
    tick_size=Decimal("0.01"),
    lot_size=Decimal("0.00001"),
    min_quantity=Decimal("0.00001"),
    min_notional=Decimal("5"),
)
SPY = Instrument(
    symbol="SPY",
    asset_class=AssetClass.STOCK,
    base="SPY",
    quote="USD",
    tick_size=Decimal("0.01"),
    lot_size=Decimal("1"),
    min_quantity=Decimal("1"),
    min_notional=Decimal("0"),
    calendar="XNYS",
)


def entry(**changes: Any) -> IntentPlan:
    """Buy 0.002 BTC near 100,000: worth 200 of an equity of 10,000."""
    plan = IntentPlan(
        decision_id="D1",
        symbol="BTCUSDT",
        side="BUY",
        purpose="ENTRY",
        quantity=Decimal("0.002"),
        reference_price=Decimal("100000"),
        limit_price=Decimal("100100"),
        protection=ProtectionPlan(Decimal("95000"), Decimal("103000")),
        strategy="rules-v1",
        decided_at=NOW,
    )
    return replace(plan, **changes)


def exit_(**changes: Any) -> IntentPlan:
    """Sell the 0.002 BTC that `holding` holds."""
    wanted = {"side": "SELL", "purpose": "EXIT", "limit_price": Decimal("99900"), "protection": None, **changes}
    return entry(**wanted)


def facts(**changes: Any) -> RiskContext:
    """Flat, 10,000 in cash, a quiet and liquid market."""
    context = RiskContext(
        now=NOW,
        stage=Stage.DECISION,
        instrument=BTC,
        trading_state=TradingState.ACTIVE,
        is_in_universe=True,
        is_session_open=True,
        data_problem="",
        price=price("100000"),
        price_max_age=timedelta(minutes=2),
        median_volume=Decimal("4"),
        equity=Decimal("10000"),
        free_cash=Decimal("10000"),
        held_quantity=Decimal("0"),
        position_notional=Decimal("0"),
        gross_notional=Decimal("0"),
        confidence=Decimal("0.80"),
        min_confidence=Decimal("0.60"),
    )
    return replace(context, **changes)


def holding(quantity: str = "0.002", **changes: Any) -> RiskContext:
    worth = Decimal(quantity) * 100000
    held = {"held_quantity": Decimal(quantity), "position_notional": worth, "gross_notional": worth, **changes}
    return facts(**held)


def price(mid: str, spread: str = "0", age_seconds: int = 0) -> PriceView:
    half = Decimal(spread) / 2
    return PriceView(Decimal(mid) - half, Decimal(mid) + half, NOW - timedelta(seconds=age_seconds))


def sending(**changes: Any) -> RiskContext:
    """The facts as the gateway sees them: approved five seconds ago, market facts of the cycle unknown."""
    approval = Approval("hash", "hash", NOW - timedelta(seconds=5), is_used=False)
    gateway = {"stage": Stage.SEND, "approval": approval, "is_session_open": None, "median_volume": None}
    return facts(**{**gateway, "confidence": None, "min_confidence": None, **changes})
