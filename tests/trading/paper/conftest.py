"""A paper venue on a virtual clock, with 10,000 USDT and prices under the test's thumb."""

import pytest

from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import seeded_runtime
from tests.trading.paper.fakes import BTC, SPY, START, FakePrices, Session, d
from trading.adapters.paper.fees import NoFees
from trading.adapters.paper.slippage import NoSlippage
from trading.adapters.paper.venue import PaperVenue


@pytest.fixture
def clock():
    return VirtualClock(START)


@pytest.fixture
def prices(clock):
    prices = FakePrices(clock)
    prices.price("BTCUSDT", 100)
    prices.price("SPY", 500)
    return prices


@pytest.fixture
def make_venue(clock, prices):
    def make_venue(**options):
        values = {
            "starting_balances": {"USDT": d(10000), "USD": d(10000)},
            "calendars": {"XNYS": Session()},
            "fees": NoFees(),
            "slippage": NoSlippage(),
            "participation": None,
            **options,
        }
        instruments = values.pop("instruments", {"BTCUSDT": BTC, "SPY": SPY})
        return PaperVenue(seeded_runtime(clock, 1), 1, instruments, prices, **values)

    return make_venue


@pytest.fixture
def venue(db, make_venue):
    return make_venue()


@pytest.fixture
def state_of():
    return lambda venue, cid: (venue.order(cid).state.value, venue.order(cid).filled_quantity)
