"""The rows of the demo month, one writer each: decisions with phases, intents, orders with fills, positions, trades."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from ai.models import CycleRow, DecisionPhase, DecisionRow
from autotrader.lib.clock import VirtualClock
from autotrader.lib.ids import SeededIds
from autotrader.lib.runtime import Runtime
from trading.models import (
    Account,
    FillRow,
    InstrumentRow,
    Intent,
    OrderRow,
    PositionRow,
    Trade,
)

FEE = Decimal("0.001")
REASONS = {
    "BUY": "RSI {rsi} shows the instrument is oversold and turning up. The short average is above the long one, "
    "so the trend is up. Volume is {volume} times its median.",
    "SELL": "RSI {rsi} is overbought and the price fell back under its session VWAP. The held position is closed.",
    "HOLD": "RSI {rsi} is neutral and both averages lie close together. There is no edge worth its costs.",
}


@dataclass
class Demo:
    """What was written, for tests that want to name it."""

    account: Account
    runtime: Runtime
    instruments: list[InstrumentRow]
    acting: list[DecisionRow] = field(default_factory=list)


class DemoRows:
    """Writes rows as of a minute of the month."""

    def __init__(self, demo: Demo, end: datetime, days: int, hold_hours: int, seed: int) -> None:
        self.demo, self.end, self.hold_hours = demo, end, hold_hours
        self.minutes = days * 24 * 60
        self.start = end - timedelta(minutes=self.minutes)
        self.random = np.random.default_rng(seed)
        self.ids = demo.runtime.ids
        self.clock = demo.runtime.clock
        self.paths: dict[int, Any] = {}
        self.events: list[tuple[int, Decimal]] = []
        self.held: list[tuple[int, int, InstrumentRow, Decimal]] = []
        self.trades = 0
        self.with_approval = False
        self.fills: list[FillRow] = []

    def moment(self, minute: int) -> datetime:
        return self.start + timedelta(minutes=minute)

    def ulid(self, minute: int) -> str:
        """An id as of that minute: ids must rise with time."""
        clock = VirtualClock(self.moment(minute))
        return SeededIds(clock, int(self.random.integers(2**31))).ulid()

    def price(self, row: InstrumentRow, value: float) -> Decimal:
        return row.to_domain().nearest_price(Decimal(repr(round(float(value), 8))))

    def _decision(
        self,
        row: InstrumentRow,
        minute: int,
        action: str,
        status: str,
        price: Decimal,
        stop: Decimal | None,
        target: Decimal | None,
        denied_by: str = "",
    ) -> DecisionRow:
        rsi = {"BUY": 27.4, "SELL": 72.8}.get(action, 49.6) + float(self.random.normal(0, 2.4))
        market = {
            "price": str(price),
            "volume": 812.4,
            "rsi": round(rsi, 2),
            "sma_short": float(price) * 1.001,
            "sma_long": float(price) * 0.999,
            "trend": "UP" if action == "BUY" else "FLAT",
            "vwap": float(price) * 1.0004,
            "atr_percent": 1.82,
            "volume_ratio": 1.6,
        }
        confidence = (
            Decimal(int(self.random.integers(62, 91) if action != "HOLD" else self.random.integers(38, 58))) / 100
        )
        decision = DecisionRow.objects.create(
            id=self.ulid(minute),
            cycle=self._cycle(minute),
            account=self.demo.account,
            instrument=row,
            action=action,
            confidence=confidence,
            status=status,
            reasoning=REASONS[action].format(rsi=f"{rsi:.1f}", volume="1.6"),
            denied_by=denied_by,
            decided_by="rules",
            model="rules-v1",
            market=market,
            decided_at=self.moment(minute),
            execution={"stop_loss": str(stop), "take_profit": str(target)} if stop else {},
            hold_cause="opinion" if action == "HOLD" else "",
        )
        self._phases(decision, stop, target)
        self.demo.acting.append(decision)
        return decision

    def _phases(self, decision: DecisionRow, stop: Decimal | None, target: Decimal | None) -> None:
        texts = (
            (
                "initial_analysis",
                decision.reasoning,
                {"rsi": decision.market["rsi"], "trend": decision.market["trend"]},
            ),
            (
                "refinement",
                "Asked what speaks against it: the spread is small and volume is above its median, so the view stands.",
                {"before": str(decision.confidence)},
            ),
            (
                "risk_validation",
                "Stop, target and size are inside every limit."
                if not decision.denied_by
                else "Denied: the daily number of entries is used up.",
                {"stop": str(stop), "target": str(target)},
            ),
            ("confidence_gate", f"Confidence {decision.confidence} is at or above 0.60.", {"minimum": "0.60"}),
        )
        DecisionPhase.objects.bulk_create(
            DecisionPhase(
                decision=decision,
                number=number,
                phase=phase,
                action=decision.action,
                confidence=decision.confidence,
                text=text,
                details=details,
            )
            for number, (phase, text, details) in enumerate(texts, 1)
        )

    def _cycle(self, minute: int) -> CycleRow:
        slot = self.moment(minute)
        cycle, _ = CycleRow.objects.get_or_create(
            account=self.demo.account,
            slot=slot,
            defaults={
                "id": self.ulid(minute),
                "state": "DONE",
                "is_execution": True,
                "parameter_set_id": "P" * 26,
                "owner": "demo",
                "lease_until": slot,
                "started_at": slot,
                "finished_at": slot,
                "instruments_analysed": len(self.demo.instruments),
            },
        )
        return cycle

    def _intent(
        self,
        decision: DecisionRow,
        row: InstrumentRow,
        purpose: str,
        side: str,
        quantity: Decimal,
        price: Decimal,
        stop: Decimal | None,
        target: Decimal | None,
        state: str,
        minute: int,
        ttl: int = 30,
    ) -> Intent:
        return Intent.objects.create(
            id=self.ulid(minute),
            account=self.demo.account,
            instrument=row,
            decision_id=decision.id,
            leg="E",
            strategy="rules-v1",
            purpose=purpose,
            side=side,
            quantity=quantity,
            reference_price=price,
            limit_price=price,
            stop_loss=stop,
            take_profit=target,
            payload_hash="0" * 64,
            state=state,
            created_at=self.moment(minute),
            expires_at=self.moment(minute) + timedelta(seconds=ttl),
        )

    def _order(
        self,
        intent: Intent,
        row: InstrumentRow,
        purpose: str,
        side: str,
        order_type: str,
        quantity: Decimal,
        price: Decimal,
        state: str,
        minute: int,
    ) -> None:
        is_filled = state == "FILLED"
        order = OrderRow.objects.create(
            id=self.ulid(minute),
            account=self.demo.account,
            instrument=row,
            intent=intent,
            client_order_id=f"atp{self.ids.ulid()}{purpose[0]}",
            purpose=purpose,
            side=side,
            order_type=order_type,
            time_in_force="GTC",
            quantity=quantity,
            state=state,
            filled_quantity=quantity if is_filled else 0,
            limit_price=price if order_type in ("LIMIT", "TAKE_PROFIT") else None,
            stop_price=price if order_type == "STOP_LOSS" else None,
            average_fill_price=price if is_filled else None,
            created_at=self.moment(minute),
            sent_at=self.moment(minute),
        )
        if is_filled:
            self.fills.append(
                FillRow(
                    account=self.demo.account,
                    instrument=row,
                    order=order,
                    venue_fill_id=order.id,
                    side=side,
                    quantity=quantity,
                    price=price,
                    commission=(quantity * price * FEE).quantize(Decimal("0.0001")),
                    commission_asset="USDT",
                    slippage_bps=Decimal("1.2"),
                    ts_event=self.moment(minute),
                    ts_received=self.moment(minute),
                )
            )

    def _position(
        self,
        row: InstrumentRow,
        quantity: Decimal,
        entry: Decimal,
        stop: Decimal,
        target: Decimal,
        minute: int,
        decision: DecisionRow,
    ) -> None:
        PositionRow.objects.update_or_create(
            account=self.demo.account,
            instrument=row,
            defaults={
                "strategy": "rules-v1",
                "quantity": quantity,
                "cost": quantity * entry,
                "average_entry_price": entry,
                "stop_loss": stop,
                "take_profit": target,
                "opened_at": self.moment(minute),
                "updated_at": self.end,
                "entry_decision_id": decision.id,
            },
        )

    def _trade(
        self,
        row: InstrumentRow,
        quantity: Decimal,
        entry: Decimal,
        leave: Decimal,
        opened: int,
        closed: int,
        reason: str,
        decision: DecisionRow,
    ) -> None:
        costs = ((entry + leave) * quantity * FEE).quantize(Decimal("0.0001"))
        pnl = (leave - entry) * quantity - costs
        Trade.objects.create(
            id=self.ulid(closed),
            account=self.demo.account,
            instrument=row,
            strategy="rules-v1",
            quantity=quantity,
            entry_price=entry,
            exit_price=leave,
            commissions=costs,
            pnl=pnl,
            exit_reason=reason,
            pnl_fraction=(pnl / (entry * quantity)).quantize(Decimal("0.000001")),
            entry_decision_id=decision.id,
            opened_at=self.moment(opened),
            closed_at=self.moment(closed),
        )
        self.trades += 1
        self.events += [(opened, -quantity * entry * (1 + FEE)), (closed, quantity * leave * (1 - FEE))]
        self.held.append((opened, closed, row, quantity))
