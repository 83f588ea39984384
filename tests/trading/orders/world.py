"""An account with money, one instrument, an exchange in memory and a gateway, all on a virtual clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import Runtime, seeded_runtime
from tests.fakes.venue import FakeVenue
from trading.domain.decision import IntentPlan, ProtectionPlan
from trading.domain.order import OrderState
from trading.gateway.order_gateway import OrderGateway
from trading.models import Account, FillRow, InstrumentRow, Intent, LiveEvent, OrderRow, PositionRow
from trading.services.create_intent import create_intent
from trading.services.open_account import open_account

SYMBOL = "BTCUSDT"


@dataclass(frozen=True)
class FakeVerdict:
    approved: bool = True
    quantity: Decimal = Decimal("0.02")
    denied_by: str = ""
    reason: str = ""
    clamps: tuple = ()


@dataclass
class Desk:
    """Everything a test of the order path touches."""

    clock: VirtualClock
    runtime: Runtime
    account: Account
    instrument: InstrumentRow
    venue: FakeVenue
    review: Callable[..., str] = lambda *args: ""
    gateways: list[OrderGateway] = field(default_factory=list)
    plans: int = 0

    def gateway(self, owner: str = "") -> OrderGateway:
        """A new gateway process; it is not started."""
        name = owner or f"process-{len(self.gateways) + 1}"
        gateway = OrderGateway(self.runtime, self.account.pk, self.venue, name, review=lambda *args: self.review(*args))
        self.gateways.append(gateway)
        return gateway

    def started(self) -> OrderGateway:
        gateway = self.gateway()
        gateway.start()
        return gateway

    def entry(self, quantity: str = "0.02", *, limit: str = "50500", requires_approval: bool = False) -> Intent:
        return self._intent("ENTRY", "BUY", quantity, limit, requires_approval=requires_approval)

    def exit(self, quantity: str = "0.02", *, limit: str = "49000") -> Intent:
        return self._intent("EXIT", "SELL", quantity, limit)

    def plan(self, purpose: str, side: str, quantity: str, limit: str) -> IntentPlan:
        self.plans += 1
        protection = ProtectionPlan(Decimal(47500), Decimal(51500)) if purpose == "ENTRY" else None
        return IntentPlan(
            decision_id=f"{self.account.pk:010d}{self.plans:016d}",
            symbol=SYMBOL,
            side=side,
            purpose=purpose,
            quantity=Decimal(quantity),
            reference_price=Decimal(50000),
            limit_price=Decimal(limit),
            protection=protection,
            strategy="rules-v1",
            decided_at=self.clock.now(),
        )

    def _intent(self, purpose: str, side: str, quantity: str, limit: str, *, requires_approval: bool = False) -> Intent:
        return create_intent(
            runtime=self.runtime,
            account=self.account,
            instrument_row=self.instrument,
            plan=self.plan(purpose, side, quantity, limit),
            verdict=FakeVerdict(quantity=Decimal(quantity)),
            requires_approval=requires_approval,
            leg="E" if purpose == "ENTRY" else "X",
        )

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    def run_for(self, gateway: OrderGateway, seconds: float, step: float = 1.0) -> None:
        """Pump every `step` seconds of virtual time."""
        for _ in range(int(seconds / step)):
            self.pass_time(step)
            gateway.process()

    def order(self, letter: str) -> OrderRow:
        """The newest order of one leg letter."""
        return OrderRow.objects.filter(account=self.account, client_order_id__endswith=letter).order_by("-id").first()

    def states(self, letter: str) -> list[OrderState]:
        rows = OrderRow.objects.filter(account=self.account, client_order_id__endswith=letter).order_by("id")
        return [OrderState(state) for state in rows.values_list("state", flat=True)]

    def position(self) -> PositionRow | None:
        return PositionRow.objects.filter(account=self.account, instrument=self.instrument).first()

    def incidents(self) -> list[str]:
        events = LiveEvent.objects.filter(account_id=self.account.pk, topic="incident").order_by("id")
        return [event.payload["kind"] for event in events]

    def fill_count(self) -> int:
        return FillRow.objects.filter(account=self.account).count()


def make_desk(name: str = "paper") -> Desk:
    clock = VirtualClock(datetime(2026, 1, 5, 12, 0, tzinfo=UTC))
    runtime = seeded_runtime(clock, 1)
    account = open_account(
        runtime=runtime,
        name=name,
        venue="fake",
        environment="paper",
        quote_asset="USDT",
        cash=Decimal(10000),
        market_label="TEST",
    )
    grid = {
        "asset_class": "crypto",
        "base": "BTC",
        "quote": "USDT",
        "tick_size": Decimal("0.01"),
        "lot_size": Decimal("0.00001"),
        "min_quantity": Decimal("0.00001"),
        "min_notional": Decimal(5),
    }
    instrument, _ = InstrumentRow.objects.get_or_create(venue="fake", symbol=SYMBOL, defaults=grid)
    venue = FakeVenue(
        now=clock.now,
        instruments={SYMBOL: instrument.to_domain()},
        holdings={"USDT": Decimal(10000)},
        prices={SYMBOL: Decimal(50000)},
    )
    return Desk(clock, runtime, account, instrument, venue)
