"""The paper venue keeps the contract of all venues."""

from decimal import Decimal

import pytest

from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import seeded_runtime
from tests.trading.paper.fakes import BTC, START, FakePrices, single
from tests.trading.venues.contract import VenueContract, VenueDesk
from trading.adapters.paper.fees import NoFees
from trading.adapters.paper.venue import PaperVenue
from trading.domain.order import OrderType, Side
from trading.ports import OrderOutcomeUnknown, OrderRejected, VenueUnavailable


class ScriptedFaults:
    """Breaks the line, loses requests and replies, and refuses, when the test says so."""

    def __init__(self) -> None:
        self.is_cut = False
        self.before_submit: Exception | None = None
        self.after_submit: Exception | None = None

    def before(self, call: str) -> None:
        if self.is_cut:
            raise VenueUnavailable("the line is cut")
        if call == "submit" and self.before_submit is not None:
            fault, self.before_submit = self.before_submit, None
            raise fault

    def after(self, call: str) -> None:
        if call == "submit" and self.after_submit is not None:
            fault, self.after_submit = self.after_submit, None
            raise fault


class PaperExchange:
    """The far side: prices, and a line that can break."""

    def __init__(self) -> None:
        self.clock = VirtualClock(START)
        self.prices = FakePrices(self.clock)
        self.faults = ScriptedFaults()
        self.prices.price("BTCUSDT", 100)

    def restart(self) -> PaperVenue:
        return PaperVenue(
            seeded_runtime(self.clock, 1),
            1,
            {"BTCUSDT": BTC},
            self.prices,
            starting_balances={"USDT": Decimal(10000)},
            fees=NoFees(),
            participation=Decimal(1),
            faults=self.faults,
        )

    def trade_at(self, price: Decimal, volume: Decimal) -> None:
        self.prices.bar("BTCUSDT", price, price, price, price, volume=volume)

    def lose_request(self) -> None:
        self.faults.before_submit = OrderOutcomeUnknown("no answer")

    def lose_reply(self) -> None:
        self.faults.after_submit = OrderOutcomeUnknown("no answer")

    def refuse_next(self) -> None:
        self.faults.before_submit = OrderRejected("this account is closed")

    def cut_line(self) -> None:
        self.faults.is_cut = True

    def mend_line(self) -> None:
        self.faults.is_cut = False

    def foreign_order(self, client_order_id: str, price: Decimal, quantity: Decimal) -> None:
        self.restart().submit(single(client_order_id, Side.BUY, quantity, kind=OrderType.LIMIT, limit=price))


@pytest.mark.django_db
class TestPaperVenue(VenueContract):
    @pytest.fixture
    def desk(self, db):
        exchange = PaperExchange()
        return VenueDesk(
            venue=exchange.restart(),
            exchange=exchange,
            symbol="BTCUSDT",
            base="BTC",
            price=Decimal(100),
            lot=Decimal("0.1"),
            tick=BTC.tick_size,
        )
