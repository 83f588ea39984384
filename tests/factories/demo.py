"""A believable month of an account, written straight through the models: for pages, screenshots and query counts.

Prices are a seeded random walk and trades follow a 5 % stop and a 3 % target on it, so charts, trades and equity fit
together. It is not the platform: no risk rule, no venue and no ledger stands behind these rows.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import transaction

from ai.models import CycleRow, DecisionPhase, DecisionRow
from autotrader.lib.clock import VirtualClock
from autotrader.lib.ids import SeededIds
from autotrader.lib.runtime import Runtime
from trading.domain.audit_chain import AuditEntry
from trading.models import (
    Account,
    AccountControl,
    BarRow,
    EquityPoint,
    FillRow,
    InstrumentRow,
    Intent,
    Lease,
    OrderRow,
    PositionRow,
    Trade,
)
from trading.services.append_audit import append_audit
from trading.services.open_account import open_account

VENUE = "paper"
COINS = {
    "BTCUSDT": ("67250", "0.01", "0.00001"),
    "ETHUSDT": ("3480", "0.01", "0.0001"),
    "SOLUSDT": ("168", "0.01", "0.001"),
    "BNBUSDT": ("612", "0.01", "0.001"),
    "XRPUSDT": ("0.6140", "0.0001", "0.1"),
    "DOGEUSDT": ("0.13820", "0.00001", "1"),
}
STOP, TARGET = Decimal("0.05"), Decimal("0.03")
STAKE = Decimal(1400)
FEE = Decimal("0.001")
CASH = Decimal(10000)
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


def write_demo(
    *,
    now: datetime | None = None,
    days: int = 30,
    symbols: int = 6,
    hold_hours: int = 2,
    name: str = "paper",
    with_approval: bool = True,
    seed: int = 11,
) -> Demo:
    """A month that ends at `now` (whole minute): bars, cycles, decisions, orders, fills, trades, equity, audit."""
    end = (now or datetime.now(UTC)).replace(second=0, microsecond=0)
    clock = VirtualClock(end - timedelta(days=days))
    runtime = Runtime(clock=clock, ids=SeededIds(clock, seed))
    with transaction.atomic():
        account = open_account(
            runtime=runtime, name=name, venue=VENUE, environment="paper", quote_asset="USDT", cash=CASH,
            market_label="SIMULATED",
        )  # fmt: skip
        demo = Demo(account, runtime, _instruments(symbols))
        return _Writer(demo, end, days, hold_hours, seed).write(with_approval)


def _instruments(count: int) -> list[InstrumentRow]:
    rows = []
    for symbol, (_, tick, lot) in list(COINS.items())[:count]:
        row, _ = InstrumentRow.objects.get_or_create(
            venue=VENUE,
            symbol=symbol,
            defaults={
                "asset_class": "crypto",
                "base": symbol.removesuffix("USDT"),
                "quote": "USDT",
                "tick_size": Decimal(tick),
                "lot_size": Decimal(lot),
                "min_quantity": Decimal(lot),
                "min_notional": Decimal(5),
            },
        )
        rows.append(row)
    return rows


class _Writer:
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

    def write(self, with_approval: bool) -> Demo:
        self.with_approval = with_approval
        for row in self.demo.instruments:
            self._bars(row)
        for place, row in enumerate(self.demo.instruments):
            self._trade_along(row, place)
        self.demo.acting.sort(key=lambda decision: decision.decided_at)
        FillRow.objects.bulk_create(sorted(self.fills, key=lambda fill: fill.ts_event))
        self._holds()
        if with_approval:
            self._approval()
        self._equity()
        self._controls()
        self._audit()
        return self.demo

    def moment(self, minute: int) -> datetime:
        return self.start + timedelta(minutes=minute)

    def ulid(self, minute: int) -> str:
        """An id as of that minute: ids must rise with time."""
        clock = VirtualClock(self.moment(minute))
        return SeededIds(clock, int(self.random.integers(2**31))).ulid()

    def price(self, row: InstrumentRow, value: float) -> Decimal:
        return row.to_domain().nearest_price(Decimal(repr(round(float(value), 8))))

    def _bars(self, row: InstrumentRow) -> None:
        first = float(COINS[row.symbol][0])
        shocks = self.random.standard_t(4, self.minutes) * 0.00062
        calm = 1 + 0.6 * np.sin(np.linspace(0, 60, self.minutes) + row.id)
        closes = first * np.exp(np.cumsum(shocks * calm - 0.0000004))
        opens = np.concatenate(([first], closes[:-1]))
        wick = np.abs(self.random.normal(0, 0.0003, (2, self.minutes)))
        highs, lows = np.maximum(opens, closes) * (1 + wick[0]), np.minimum(opens, closes) * (1 - wick[1])
        volumes = self.random.gamma(2, 9000 / first, self.minutes)
        self.paths[row.id] = (closes, highs, lows)
        grid = row.to_domain()
        BarRow.objects.bulk_create(
            (
                BarRow(
                    instrument=row, interval="1m", open_time=self.moment(minute), source="simulated",
                    open=self.price(row, opens[minute]), close=self.price(row, closes[minute]),
                    high=grid.ceil_price(Decimal(repr(float(highs[minute])))),
                    low=grid.floor_price(Decimal(repr(float(lows[minute])))),
                    volume=Decimal(repr(round(float(volumes[minute]), 4))),
                )
                for minute in range(self.minutes)
            ),
            batch_size=5000,
        )  # fmt: skip

    def _trade_along(self, row: InstrumentRow, place: int) -> None:
        minute = 200 + place * 400
        while minute < self.minutes - 30:
            minute = self._round_trip(row, minute) + int(self.random.integers(500, 3200))
        if place in (0, 2, 3):
            self._round_trip(row, self.minutes - 60 - 75 * place, stays_open=True)

    def _round_trip(self, row: InstrumentRow, minute: int, stays_open: bool = False) -> int:
        closes, highs, lows = self.paths[row.id]
        entry = self.price(row, closes[minute])
        grid = row.to_domain()
        quantity = grid.floor_quantity(STAKE / entry)
        stop, target = grid.floor_price(entry * (1 - STOP)), grid.ceil_price(entry * (1 + TARGET))
        leave, reason = self._exit(minute, float(stop), float(target), highs, lows)
        is_open = stays_open or leave >= self.minutes - 400
        if is_open and not stays_open:
            return self.minutes
        decision = self._decision(row, minute, "BUY", "EXECUTED", entry, stop, target)
        intent = self._intent(decision, row, "ENTRY", "BUY", quantity, entry, stop, target, "DONE", minute)
        self._order(intent, row, "ENTRY", "BUY", "LIMIT", quantity, entry, "FILLED", minute)
        if is_open:
            self._order(intent, row, "STOP_LOSS", "SELL", "STOP_LOSS", quantity, stop, "WORKING", minute)
            self._order(intent, row, "TAKE_PROFIT", "SELL", "TAKE_PROFIT", quantity, target, "WORKING", minute)
            self._position(row, quantity, entry, stop, target, minute, decision)
            self.events.append((minute, -quantity * entry * (1 + FEE)))
            self.held.append((minute, self.minutes, row, quantity))
            return self.minutes
        price = {"STOP_LOSS": stop, "TAKE_PROFIT": target}.get(reason, self.price(row, closes[leave]))
        purpose = reason if reason in ("STOP_LOSS", "TAKE_PROFIT") else "EXIT"
        if purpose == "EXIT":
            self._decision(row, leave, "SELL", "EXECUTED", price, None, None)
        self._order(intent, row, purpose, "SELL", purpose if purpose != "EXIT" else "MARKET", quantity, price, "FILLED", leave)
        self._trade(row, quantity, entry, price, minute, leave, reason, decision)
        return leave

    def _exit(self, minute: int, stop: float, target: float, highs: Any, lows: Any) -> tuple[int, str]:
        until = min(minute + 2200, self.minutes - 1)
        stops = np.flatnonzero(lows[minute + 1 : until] <= stop)
        targets = np.flatnonzero(highs[minute + 1 : until] >= target)
        first_stop = stops[0] if len(stops) else 10**9
        first_target = targets[0] if len(targets) else 10**9
        if first_stop <= first_target and first_stop < 10**9:
            return minute + 1 + int(first_stop), "STOP_LOSS"
        if first_target < 10**9:
            return minute + 1 + int(first_target), "TAKE_PROFIT"
        return until, "EXIT"

    def _decision(
        self, row: InstrumentRow, minute: int, action: str, status: str,
        price: Decimal, stop: Decimal | None, target: Decimal | None, denied_by: str = "",
    ) -> DecisionRow:  # fmt: skip
        rsi = {"BUY": 27.4, "SELL": 72.8}.get(action, 49.6) + float(self.random.normal(0, 2.4))
        market = {
            "price": str(price), "volume": 812.4, "rsi": round(rsi, 2), "sma_short": float(price) * 1.001,
            "sma_long": float(price) * 0.999, "trend": "UP" if action == "BUY" else "FLAT", "vwap": float(price) * 1.0004,
            "atr_percent": 1.82, "volume_ratio": 1.6,
        }  # fmt: skip
        confidence = Decimal(int(self.random.integers(62, 91) if action != "HOLD" else self.random.integers(38, 58))) / 100
        decision = DecisionRow.objects.create(
            id=self.ulid(minute), cycle=self._cycle(minute), account=self.demo.account, instrument=row, action=action,
            confidence=confidence, status=status, reasoning=REASONS[action].format(rsi=f"{rsi:.1f}", volume="1.6"),
            denied_by=denied_by, decided_by="rules", model="rules-v1", market=market, decided_at=self.moment(minute),
            execution={"stop_loss": str(stop), "take_profit": str(target)} if stop else {},
            hold_cause="opinion" if action == "HOLD" else "",
        )  # fmt: skip
        self._phases(decision, stop, target)
        self.demo.acting.append(decision)
        return decision

    def _phases(self, decision: DecisionRow, stop: Decimal | None, target: Decimal | None) -> None:
        texts = (
            ("initial_analysis", decision.reasoning, {"rsi": decision.market["rsi"], "trend": decision.market["trend"]}),
            ("refinement", "Asked what speaks against it: the spread is small and volume is above its median, so "
             "the view stands.", {"confidence before": str(decision.confidence), "confidence after": str(decision.confidence)}),
            ("risk_validation", "Stop, target and size are inside every limit." if not decision.denied_by else
             "Denied: the daily number of entries is used up.", {"stop loss": str(stop), "take profit": str(target)}),
            ("confidence_gate", f"Confidence {decision.confidence} is at or above 0.60.", {"minimum": "0.60"}),
        )  # fmt: skip
        DecisionPhase.objects.bulk_create(
            DecisionPhase(
                decision=decision, number=number, phase=phase, action=decision.action, confidence=decision.confidence,
                text=text, details=details,
            )
            for number, (phase, text, details) in enumerate(texts, 1)
        )  # fmt: skip

    def _cycle(self, minute: int) -> CycleRow:
        slot = self.moment(minute)
        cycle, _ = CycleRow.objects.get_or_create(
            account=self.demo.account,
            slot=slot,
            defaults={
                "id": self.ulid(minute), "state": "DONE", "is_execution": True, "parameter_set_id": "P" * 26,
                "owner": "demo", "lease_until": slot, "started_at": slot, "finished_at": slot,
                "instruments_analysed": len(self.demo.instruments),
            },
        )  # fmt: skip
        return cycle

    def _intent(
        self, decision: DecisionRow, row: InstrumentRow, purpose: str, side: str, quantity: Decimal,
        price: Decimal, stop: Decimal | None, target: Decimal | None, state: str, minute: int, ttl: int = 30,
    ) -> Intent:  # fmt: skip
        return Intent.objects.create(
            id=self.ulid(minute), account=self.demo.account, instrument=row, decision_id=decision.id, leg="E",
            strategy="rules-v1", purpose=purpose, side=side, quantity=quantity, reference_price=price, limit_price=price,
            stop_loss=stop, take_profit=target, payload_hash="0" * 64, state=state, created_at=self.moment(minute),
            expires_at=self.moment(minute) + timedelta(seconds=ttl),
        )  # fmt: skip

    def _order(
        self, intent: Intent, row: InstrumentRow, purpose: str, side: str, order_type: str,
        quantity: Decimal, price: Decimal, state: str, minute: int,
    ) -> None:  # fmt: skip
        is_filled = state == "FILLED"
        order = OrderRow.objects.create(
            id=self.ulid(minute), account=self.demo.account, instrument=row, intent=intent,
            client_order_id=f"atp{self.ids.ulid()}{purpose[0]}", purpose=purpose, side=side, order_type=order_type,
            time_in_force="GTC", quantity=quantity, state=state, filled_quantity=quantity if is_filled else 0,
            limit_price=price if order_type in ("LIMIT", "TAKE_PROFIT") else None,
            stop_price=price if order_type == "STOP_LOSS" else None,
            average_fill_price=price if is_filled else None, created_at=self.moment(minute), sent_at=self.moment(minute),
        )  # fmt: skip
        if is_filled:
            self.fills.append(FillRow(
                account=self.demo.account, instrument=row, order=order, venue_fill_id=order.id, side=side, quantity=quantity,
                price=price, commission=(quantity * price * FEE).quantize(Decimal("0.0001")), commission_asset="USDT",
                slippage_bps=Decimal("1.2"), ts_event=self.moment(minute), ts_received=self.moment(minute),
            ))  # fmt: skip

    def _position(
        self, row: InstrumentRow, quantity: Decimal, entry: Decimal, stop: Decimal,
        target: Decimal, minute: int, decision: DecisionRow,
    ) -> None:  # fmt: skip
        PositionRow.objects.update_or_create(
            account=self.demo.account,
            instrument=row,
            defaults={
                "strategy": "rules-v1", "quantity": quantity, "cost": quantity * entry, "average_entry_price": entry,
                "stop_loss": stop, "take_profit": target, "opened_at": self.moment(minute), "updated_at": self.end,
                "entry_decision_id": decision.id,
            },
        )  # fmt: skip

    def _trade(
        self, row: InstrumentRow, quantity: Decimal, entry: Decimal, leave: Decimal,
        opened: int, closed: int, reason: str, decision: DecisionRow,
    ) -> None:  # fmt: skip
        costs = ((entry + leave) * quantity * FEE).quantize(Decimal("0.0001"))
        pnl = (leave - entry) * quantity - costs
        Trade.objects.create(
            id=self.ulid(closed), account=self.demo.account, instrument=row, strategy="rules-v1", quantity=quantity,
            entry_price=entry, exit_price=leave, commissions=costs, pnl=pnl, exit_reason=reason,
            pnl_fraction=(pnl / (entry * quantity)).quantize(Decimal("0.000001")), entry_decision_id=decision.id,
            opened_at=self.moment(opened), closed_at=self.moment(closed), indicators=decision.market,
        )  # fmt: skip
        self.trades += 1
        self.events += [(opened, -quantity * entry * (1 + FEE)), (closed, quantity * leave * (1 - FEE))]
        self.held.append((opened, closed, row, quantity))

    def _holds(self) -> None:
        decisions = []
        for minute in range(max(0, self.minutes - self.hold_hours * 60), self.minutes):
            cycle = self._cycle(minute)
            taken = set(cycle.decisions.values_list("instrument_id", flat=True))
            for row in self.demo.instruments:
                if row.id in taken:
                    continue
                rsi = float(self.random.normal(50, 6))
                decisions.append(
                    DecisionRow(
                        id=self.ulid(minute), cycle=cycle, account=self.demo.account, instrument=row, action="HOLD",
                        confidence=Decimal(int(self.random.integers(35, 58))) / 100, status="HOLD", hold_cause="opinion",
                        reasoning=REASONS["HOLD"].format(rsi=f"{rsi:.1f}"), decided_by="rules", model="rules-v1",
                        market={"price": str(self.price(row, self.paths[row.id][0][minute])), "rsi": round(rsi, 2)},
                        decided_at=self.moment(minute),
                    )
                )  # fmt: skip
        DecisionRow.objects.bulk_create(decisions, batch_size=2000)

    def _approval(self) -> None:
        row, minute = self.demo.instruments[1], self.minutes - 1
        DecisionRow.objects.filter(instrument=row, cycle__slot=self.moment(minute)).delete()
        price = self.price(row, self.paths[row.id][0][minute])
        grid = row.to_domain()
        stop, target = grid.floor_price(price * (1 - STOP)), grid.ceil_price(price * (1 + TARGET))
        decision = self._decision(row, minute, "BUY", "AWAITING_APPROVAL", price, stop, target)
        quantity = grid.floor_quantity(STAKE / price)
        self._intent(decision, row, "ENTRY", "BUY", quantity, price, stop, target, "AWAITING_APPROVAL", minute, ttl=360)

    def _equity(self) -> None:
        step = 5
        minutes = np.arange(0, self.minutes, step)
        cash = np.full(len(minutes), float(CASH))
        for minute, amount in self.events:
            cash[minutes >= minute] += float(amount)
        worth = cash.copy()
        for opened, closed, row, quantity in self.held:
            inside = (minutes >= opened) & (minutes < closed)
            worth[inside] += float(quantity) * self.paths[row.id][0][minutes[inside]]
        EquityPoint.objects.bulk_create(
            EquityPoint(
                account=self.demo.account, ts=self.moment(int(minute) + 1),
                equity=Decimal(f"{value:.2f}"), cash=Decimal(f"{money:.2f}"),
            )
            for minute, value, money in zip(minutes, worth, cash, strict=True)
        )  # fmt: skip

    def _controls(self) -> None:
        account = self.demo.account
        AccountControl.objects.filter(account=account).update(
            is_autonomous=not self.with_approval, slots_run=self.minutes, slots_missed=3, last_slot=self.end, trades_executed=self.trades + 3,
            changed_by="operator", changed_at=self.start,
        )  # fmt: skip
        Lease.objects.create(
            name=f"gateway:{account.id}", owner="demo", fence=1, expires_at=self.end + timedelta(minutes=10),
            heartbeat_at=self.end,
        )  # fmt: skip

    def _audit(self) -> None:
        entries = [
            AuditEntry("decision", d.id, {"symbol": d.instrument.symbol, "action": d.action, "status": d.status})
            for d in self.demo.acting
        ]
        append_audit(runtime=self.demo.runtime, entries=entries)
