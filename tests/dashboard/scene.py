"""A small platform with a past: one account, two instruments, and rows of everything the API shows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.contrib.auth.models import User

from ai.models import CycleRow, DecisionPhase, DecisionRow
from autotrader.lib.runtime import Runtime
from dashboard.access.ensure_roles import ensure_roles
from trading.models import (
    Account,
    BarRow,
    EquityPoint,
    FillRow,
    InstrumentRow,
    Intent,
    OrderRow,
    OrderTransition,
    PositionRow,
    Trade,
)
from trading.services.open_account import open_account

MINUTE = timedelta(minutes=1)


@dataclass
class Scene:
    """Where rows are added; every method gives the row it made. Moments are counted back from `now`."""

    runtime: Runtime
    account: Account
    btc: InstrumentRow
    eth: InstrumentRow

    _count: int = 0

    def next_id(self) -> str:
        """An id that rises also within one millisecond, so that "newest first" has one answer."""
        self._count += 1
        return f"{self._count:026d}"

    @property
    def now(self) -> datetime:
        return self.runtime.clock.now()

    def minute(self, ago: int) -> datetime:
        return (self.now - ago * MINUTE).replace(second=0, microsecond=0)

    def cycle(self, ago: int = 0, **values) -> CycleRow:
        slot = self.minute(ago)
        return CycleRow.objects.create(
            **{
                "id": self.next_id(),
                "account": self.account,
                "slot": slot,
                "state": "DONE",
                "is_execution": True,
                "parameter_set_id": "P",
                "owner": "test",
                "lease_until": slot,
                "started_at": slot,
                "instruments_analysed": 2,
                **values,
            }
        )

    def decision(self, cycle: CycleRow | None = None, **values) -> DecisionRow:
        cycle = cycle or self.cycle(DecisionRow.objects.count() + 1)
        return DecisionRow.objects.create(
            **{
                "id": self.next_id(),
                "cycle": cycle,
                "account": self.account,
                "instrument": self.btc,
                "action": "BUY",
                "confidence": Decimal("0.72"),
                "status": "EXECUTED",
                "reasoning": "RSI is low. The trend is up.",
                "decided_by": "rules",
                "model": "rules-v1",
                "market": {"price": "42500", "rsi": 28.5},
                "execution": {"side": "BUY", "quantity": "0.01"},
                "decided_at": cycle.slot,
                **values,
            }
        )

    def phase(self, decision: DecisionRow, number: int = 1) -> DecisionPhase:
        return DecisionPhase.objects.create(
            decision=decision,
            number=number,
            phase="initial_analysis",
            action="BUY",
            confidence="0.7",
            text="Looks good.",
        )

    def intent(self, **values) -> Intent:
        return Intent.objects.create(
            **{
                "id": self.next_id(),
                "account": self.account,
                "instrument": self.btc,
                "decision_id": self.next_id(),
                "leg": "E",
                "strategy": "rules-v1",
                "purpose": "ENTRY",
                "side": "BUY",
                "quantity": Decimal("0.01"),
                "reference_price": Decimal("42500"),
                "limit_price": Decimal("42600"),
                "stop_loss": Decimal("40375"),
                "take_profit": Decimal("43775"),
                "payload_hash": "0" * 64,
                "state": "DONE",
                "created_at": self.now,
                "expires_at": self.now + 5 * MINUTE,
                **values,
            }
        )

    def order(self, **values) -> OrderRow:
        key = self.next_id()
        order = OrderRow.objects.create(
            **{
                "id": key,
                "account": self.account,
                "instrument": self.btc,
                "client_order_id": f"at-{key}",
                "purpose": "ENTRY",
                "side": "BUY",
                "order_type": "LIMIT",
                "time_in_force": "IOC",
                "quantity": Decimal("0.010"),
                "limit_price": Decimal("42600.50"),
                "state": "FILLED",
                "filled_quantity": Decimal("0.01"),
                "average_fill_price": Decimal("42600.5"),
                "created_at": self.now,
                **values,
            }
        )
        OrderTransition.objects.create(
            order=order, from_state="SENDING", to_state=order.state, cause="the venue said so", ts=self.now
        )
        return order

    def fill(self, order: OrderRow | None = None, **values) -> FillRow:
        order = order or self.order()
        return FillRow.objects.create(
            **{
                "account": self.account,
                "instrument": order.instrument,
                "order": order,
                "venue_fill_id": f"F{FillRow.objects.count()}",
                "side": order.side,
                "quantity": Decimal("0.01"),
                "price": Decimal("42600.5"),
                "commission": Decimal("0.00001"),
                "commission_asset": "BTC",
                "ts_event": self.now,
                "ts_received": self.now,
                **values,
            }
        )

    def position(self, **values) -> PositionRow:
        return PositionRow.objects.create(
            **{
                "account": self.account,
                "instrument": self.btc,
                "strategy": "rules-v1",
                "quantity": Decimal("0.01"),
                "cost": Decimal("426.005"),
                "average_entry_price": Decimal("42600.5"),
                "stop_loss": Decimal("40375"),
                "take_profit": Decimal("43775"),
                "opened_at": self.now,
                "updated_at": self.now,
                **values,
            }
        )

    def trade(self, *, pnl: str = "5", ago: timedelta = MINUTE, **values) -> Trade:
        return Trade.objects.create(
            **{
                "id": self.next_id(),
                "account": self.account,
                "instrument": self.btc,
                "strategy": "rules-v1",
                "quantity": Decimal("0.01"),
                "entry_price": Decimal("42000"),
                "exit_price": Decimal("42500"),
                "commissions": Decimal("0.85"),
                "pnl": Decimal(pnl),
                "pnl_fraction": Decimal("0.01"),
                "exit_reason": "TAKE_PROFIT",
                "opened_at": self.now - ago - MINUTE,
                "closed_at": self.now - ago,
                **values,
            }
        )

    def bar(self, ago: int = 1, instrument: InstrumentRow | None = None, **values) -> BarRow:
        return BarRow.objects.create(
            **{
                "instrument": instrument or self.btc,
                "interval": "1m",
                "open_time": self.minute(ago),
                "open": "42000",
                "high": "42100.5",
                "low": "41900",
                "close": "42050.25",
                "volume": "12.5",
                "source": "SIMULATED",
                **values,
            }
        )

    def equity(self, equity: str, ago: timedelta) -> EquityPoint:
        return EquityPoint.objects.create(account=self.account, ts=self.now - ago, equity=equity, cash="9000")


def instrument(venue: str, symbol: str, base: str) -> InstrumentRow:
    return InstrumentRow.objects.create(
        venue=venue,
        symbol=symbol,
        asset_class="crypto",
        base=base,
        quote="USDT",
        tick_size="0.01",
        lot_size="0.00001",
        min_quantity="0.00001",
        min_notional="10",
    )


def build_scene(runtime: Runtime) -> Scene:
    """An account named `paper` with BTCUSDT and ETHUSDT, and nothing that happened yet."""
    account = open_account(
        runtime=runtime,
        name="paper",
        venue="paper",
        environment="paper",
        quote_asset="USDT",
        cash=Decimal("10000"),
        market_label="SIMULATED",
    )
    return Scene(runtime, account, instrument("paper", "BTCUSDT", "BTC"), instrument("paper", "ETHUSDT", "ETH"))


def person(name: str, *roles: str) -> User:
    """Somebody with these roles."""
    user = User.objects.create_user(username=name, password="correct horse battery staple")
    groups = ensure_roles()
    user.groups.set([groups[role] for role in roles])
    return user
