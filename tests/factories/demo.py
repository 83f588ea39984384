"""A believable month of an account, written straight through the models: for pages, screenshots and query counts.

Prices are a seeded random walk and trades follow a 5 % stop and a 3 % target on it, so charts, trades and equity fit
together. It is not the platform: no risk rule, no venue and no ledger stands behind these rows.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import transaction

from ai.models import DecisionRow
from autotrader.lib.clock import VirtualClock
from autotrader.lib.ids import SeededIds
from autotrader.lib.runtime import Runtime
from tests.factories.demo_rows import FEE, REASONS, Demo, DemoRows
from trading.domain.audit_chain import AuditEntry
from trading.models import (
    AccountControl,
    BarRow,
    EquityPoint,
    FillRow,
    InstrumentRow,
    Lease,
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
CASH = Decimal(10000)


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
            runtime=runtime,
            name=name,
            venue=VENUE,
            environment="paper",
            quote_asset="USDT",
            cash=CASH,
            market_label="SIMULATED",
        )
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


class _Writer(DemoRows):
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
                    instrument=row,
                    interval="1m",
                    open_time=self.moment(minute),
                    source="simulated",
                    open=self.price(row, opens[minute]),
                    close=self.price(row, closes[minute]),
                    high=grid.ceil_price(Decimal(repr(float(highs[minute])))),
                    low=grid.floor_price(Decimal(repr(float(lows[minute])))),
                    volume=Decimal(repr(round(float(volumes[minute]), 4))),
                )
                for minute in range(self.minutes)
            ),
            batch_size=5000,
        )

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
        self._order(
            intent, row, purpose, "SELL", purpose if purpose != "EXIT" else "MARKET", quantity, price, "FILLED", leave
        )
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
                        id=self.ulid(minute),
                        cycle=cycle,
                        account=self.demo.account,
                        instrument=row,
                        action="HOLD",
                        confidence=Decimal(int(self.random.integers(35, 58))) / 100,
                        status="HOLD",
                        hold_cause="opinion",
                        reasoning=REASONS["HOLD"].format(rsi=f"{rsi:.1f}"),
                        decided_by="rules",
                        model="rules-v1",
                        market={"price": str(self.price(row, self.paths[row.id][0][minute])), "rsi": round(rsi, 2)},
                        decided_at=self.moment(minute),
                    )
                )
        DecisionRow.objects.bulk_create(decisions, batch_size=2000)

    def _approval(self) -> None:
        row, minute = self.demo.instruments[:2][-1], self.minutes - 1
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
                account=self.demo.account,
                ts=self.moment(int(minute) + 1),
                equity=Decimal(f"{value:.2f}"),
                cash=Decimal(f"{money:.2f}"),
            )
            for minute, value, money in zip(minutes, worth, cash, strict=True)
        )

    def _controls(self) -> None:
        account = self.demo.account
        AccountControl.objects.filter(account=account).update(
            is_autonomous=not self.with_approval,
            slots_run=self.minutes,
            slots_missed=3,
            last_slot=self.end,
            trades_executed=self.trades + 3,
            changed_by="operator",
            changed_at=self.start,
        )
        Lease.objects.create(
            name=f"gateway:{account.id}",
            owner="demo",
            fence=1,
            expires_at=self.end + timedelta(minutes=10),
            heartbeat_at=self.end,
        )

    def _audit(self) -> None:
        entries = [
            AuditEntry("decision", d.id, {"symbol": d.instrument.symbol, "action": d.action, "status": d.status})
            for d in self.demo.acting
        ]
        append_audit(runtime=self.demo.runtime, entries=entries)
