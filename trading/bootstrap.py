"""The only place of the trading floor that picks adapters: which market, which venue, which calendars.

An account's venue names its market ("paper-binance", "paper-simulated"), so every process builds the same market for
it, real and invented prices never meet in one account, and "auto" is decided once, when the account is chosen.
"""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from autotrader.lib.clock import Clock
from autotrader.lib.errors import BadInput, Conflict
from autotrader.lib.ids import PROCESS_TOKEN
from autotrader.lib.runtime import Runtime, system_runtime
from autotrader.settings.environment import Environment
from trading.adapters.calendars import calendar_for
from trading.adapters.paper.prices import StoredPrices
from trading.adapters.paper.venue import PaperVenue
from trading.domain.bar import Interval
from trading.domain.trading_state import Environment as AccountEnvironment
from trading.execution import TradeExecutor
from trading.gateway.order_gateway import OrderGateway
from trading.gateway.pumping import GatewayElsewhere, GatewayHere
from trading.market import MarketDataFetcher
from trading.models import Account, InstrumentRow
from trading.ports import Feed, SessionCalendar, Venue
from trading.services.open_account import open_account
from trading.services.register_instruments import register_instruments

logger = logging.getLogger(__name__)

PAPER = "paper-"
BINANCE, SIMULATED, REPLAY, AUTO = "binance", "simulated", "replay", "auto"


@dataclass(frozen=True, slots=True)
class AccountParts:
    """What trades one account, put together. `gateway` is None where it runs in a thread or process of its own."""

    runtime: Runtime
    account: Account
    market: MarketDataFetcher
    executor: TradeExecutor
    gateway: OrderGateway | None


def choose_market(environment: Environment, binance_answers: Callable[[str], bool] | None = None) -> str:
    """The market that MARKET names.

    "auto" goes on with the market of the newest paper account, so that a second start continues where the first one
    was; without an account it is Binance's public data when they can be had now, else the simulated market.
    """
    if environment.market != AUTO:
        return environment.market
    venues = [f"{PAPER}{market}" for market in (BINANCE, SIMULATED)]
    known = Account.objects.filter(venue__in=venues, environment=AccountEnvironment.PAPER).order_by("-id").first()
    if known is not None:
        return market_of(known)
    if (binance_answers or _binance_answers)(environment.urls.binance_rest):
        return BINANCE
    logger.warning("Binance cannot be reached from here: the market is simulated")
    return SIMULATED


def build_feed(environment: Environment, clock: Clock, market: str) -> Feed:
    """Where the bars of `market` come from. Raises BadInput for an unknown market or unreadable recordings."""
    builder = _FEEDS.get(market)
    if builder is None:
        raise BadInput(f"market {market!r} is not known: {', '.join(_FEEDS)} are")
    return builder(environment, clock)


def build_calendars() -> Callable[[str], SessionCalendar]:
    """The trading calendar by its name."""
    return calendar_for


def ensure_default_account(environment: Environment, runtime: Runtime) -> Account:
    """The paper account of the configured market, opened on the first call, its instruments as the market lists them
    today. Raises BadInput when the market does not have a symbol of UNIVERSE."""
    market = choose_market(environment)
    feed = build_feed(environment, runtime.clock, market)
    offered = {instrument.symbol: instrument for instrument in feed.instruments()}
    universe = _universe(environment, market, tuple(offered))
    quotes = {offered[symbol].quote for symbol in universe if symbol in offered}
    if len(quotes) > 1:
        raise BadInput(f"UNIVERSE mixes instruments paid in {', '.join(sorted(quotes))}; one account pays in one asset")
    venue = f"{PAPER}{market}"
    register_instruments(venue=venue, instruments=list(offered.values()), universe=universe)
    return open_account(
        runtime=runtime,
        name=venue,
        venue=venue,
        environment=AccountEnvironment.PAPER,
        quote_asset=quotes.pop(),
        cash=environment.paper_cash,
        market_label=feed.label,
    )


def market_of(account: Account) -> str:
    """The market that the account's venue names. Raises Conflict for a venue this version cannot trade at."""
    market = account.venue.removeprefix(PAPER)
    if account.environment != AccountEnvironment.PAPER or market not in _FEEDS:
        raise Conflict(
            f"account {account.name} is at {account.venue} ({account.environment}): only paper accounts trade"
        )
    return market


def build_market(
    account: Account, runtime: Runtime, feed: Feed, environment: Environment | None = None
) -> MarketDataFetcher:
    """The market of the account's universe, with indicators."""
    interval = _interval(environment)
    return MarketDataFetcher(runtime, feed, build_calendars(), account.venue, _registered(account), interval)


def build_venue(account: Account, runtime: Runtime, feed: Feed, environment: Environment | None = None) -> Venue:
    """The exchange the account trades at: the paper venue, playing the market's own bars."""
    rows = list(InstrumentRow.objects.filter(venue=account.venue))
    instruments = {row.symbol: row.to_domain() for row in rows}
    return PaperVenue(
        runtime,
        account.pk,
        instruments,
        StoredPrices(venue=account.venue, interval=_interval(environment), feed=feed),
        starting_balances={account.quote_asset: account.starting_cash},
        calendars={name: calendar_for(name) for name in sorted({row.calendar for row in rows})},
    )


def build_gateway(
    account: Account,
    runtime: Runtime | None = None,
    feed: Feed | None = None,
    environment: Environment | None = None,
    owner: str = "",
) -> OrderGateway:
    """The order gateway of the account, not started."""
    runtime = runtime or system_runtime()
    chosen = environment or settings.AUTOTRADER
    feed = feed or build_feed(chosen, runtime.clock, market_of(account))
    name = owner or f"gateway-{os.getpid()}-{PROCESS_TOKEN}"
    return OrderGateway(runtime, account.pk, build_venue(account, runtime, feed, environment), name)


def build_account_parts(
    account: Account | None = None,
    *,
    runtime: Runtime | None = None,
    feed: Feed | None = None,
    environment: Environment | None = None,
    has_gateway_here: bool = True,
) -> AccountParts:
    """Market and executor of `account`, or of the default account when none is given.

    `has_gateway_here=False` leaves the orders to a gateway that runs elsewhere.
    """
    runtime = runtime or system_runtime()
    chosen = environment or settings.AUTOTRADER
    account = account or ensure_default_account(chosen, runtime)
    feed = feed or build_feed(chosen, runtime.clock, market_of(account))
    gateway = build_gateway(account, runtime, feed, environment) if has_gateway_here else None
    executor = TradeExecutor(runtime, account, GatewayHere(gateway) if gateway else GatewayElsewhere())
    return AccountParts(runtime, account, build_market(account, runtime, feed, environment), executor, gateway)


def _interval(environment: Environment | None) -> Interval:
    return Interval((environment or settings.AUTOTRADER).bar_interval)


def _registered(account: Account) -> list[str]:
    rows = InstrumentRow.objects.filter(venue=account.venue, is_in_universe=True).order_by("id")
    return list(rows.values_list("symbol", flat=True))


def _universe(environment: Environment, market: str, offered: tuple[str, ...]) -> tuple[str, ...]:
    """The configured universe; a replay trades what its recordings hold."""
    return offered if market == REPLAY else environment.universe


def _simulated(environment: Environment, clock: Clock) -> Feed:
    from trading.adapters.simulated.feed import SimulatedFeed

    return SimulatedFeed(environment.simulation_seed, environment.universe, clock)


def _recorded(environment: Environment, clock: Clock) -> Feed:
    from trading.adapters.recording import RecordingFeed

    return RecordingFeed(environment.replay_files, clock)


def _binance_answers(base_url: str) -> bool:
    from trading.adapters.binance import is_reachable

    return is_reachable(base_url)


def _binance(environment: Environment, clock: Clock) -> Feed:
    from trading.adapters.binance import BinancePublicFeed

    feed: Feed = BinancePublicFeed(clock, environment.universe, base_url=environment.urls.binance_rest)
    return feed


_FEEDS: dict[str, Callable[[Environment, Clock], Feed]] = {
    BINANCE: _binance,
    SIMULATED: _simulated,
    REPLAY: _recorded,
}
