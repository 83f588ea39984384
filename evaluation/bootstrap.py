"""The only place of the evaluation floor that picks adapters: recordings as the feed, the paper venue to trade at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import transaction

from ai.adapters.rules_decider import RulesDecider
from autotrader.lib.canonical import content_hash
from autotrader.lib.clock import PacedClock, SystemClock, VirtualClock
from autotrader.lib.errors import BadInput, Conflict
from autotrader.lib.runtime import Runtime, seeded_runtime
from evaluation.domain.replay_slots import session_slots
from evaluation.domain.replay_spec import ReplaySpec
from evaluation.services.run_replay import ReplayCast
from trading.adapters.calendars import calendar_for
from trading.adapters.paper.prices import StoredPrices
from trading.adapters.paper.venue import PaperVenue
from trading.adapters.recording import RecordingFeed, parse_source
from trading.domain.bar import Interval
from trading.domain.instrument import Instrument
from trading.domain.order_timing import ORDER_TIMING
from trading.domain.strategies.rules import RuleStrategy
from trading.domain.trading_state import Environment
from trading.execution import TradeExecutor
from trading.gateway.order_gateway import OrderGateway
from trading.gateway.pumping import GatewayHere
from trading.market import MarketDataFetcher
from trading.models import Account
from trading.ports import Feed, SessionCalendar
from trading.services.activate_parameters import activate_parameters
from trading.services.open_account import FIRST_STRATEGY, open_account
from trading.services.propose_parameters import propose_parameters
from trading.services.register_instruments import register_instruments

LONGEST_LABEL = 120
REPLAY_TIMING = replace(ORDER_TIMING, reconcile_orders=timedelta(hours=1), reconcile_balances=timedelta(hours=1))
"""As ever, but books and venue are compared once an hour of virtual time: ten seconds would be every single cycle."""
BEFORE_ALL_RECORDINGS = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Pace:
    """Waits in real time, but only once the run has begun: setting the clock to the start costs nothing."""

    clock: SystemClock = field(default_factory=SystemClock)
    has_begun: bool = False

    def begin(self) -> None:
        self.has_begun = True

    def __call__(self, seconds: float) -> None:
        if self.has_begun:
            self.clock.sleep(seconds)


@dataclass(frozen=True)
class Recordings:
    """The files of a replay, read and checked, with the clock that bounds what is seen of them."""

    feed: RecordingFeed
    clock: VirtualClock
    pace: Pace
    paths: tuple[Path, ...]
    instruments: tuple[Instrument, ...]
    interval: Interval
    slots: Sequence[datetime]
    calendar_of: Callable[[str], SessionCalendar] = calendar_for

    @property
    def symbols(self) -> tuple[str, ...]:
        return tuple(instrument.symbol for instrument in self.instruments)

    @property
    def quote_asset(self) -> str:
        return self.instruments[0].quote


def open_recordings(spec: ReplaySpec) -> Recordings:
    """Read every file of `spec`. Raises BadInput for the first thing that is not accepted, before anything is made."""
    sources = [parse_source(name) for name in spec.files]
    _require_one({source.interval.value for source in sources}, "all bars of one replay must have the same interval")
    pace = Pace()
    clock = _clock(spec, pace)
    feed = RecordingFeed(sources, clock)
    instruments = tuple(feed.instruments())
    _require_one({item.quote for item in instruments}, "one account pays in one asset")
    start = max(feed.start, spec.start or feed.start)
    slots = _slots(feed, instruments, start, min(feed.end, spec.end or feed.end))
    clock.move_to(start)
    paths = tuple(source.path for source in sources)
    return Recordings(feed, clock, pace, paths, instruments, sources[0].interval, slots)


def _clock(spec: ReplaySpec, pace: Pace) -> VirtualClock:
    if spec.speed is None:
        return VirtualClock(BEFORE_ALL_RECORDINGS)
    return PacedClock(BEFORE_ALL_RECORDINGS, spec.speed, wait=pace)


def _slots(feed: RecordingFeed, instruments: Sequence[Instrument], start: datetime, end: datetime) -> list[datetime]:
    calendars = [calendar_for(name) for name in sorted({item.calendar for item in instruments})]
    slots = list(session_slots(feed.close_times(start, end), calendars)) if start < end else []
    if not slots:
        raise BadInput(
            f"no bar closes between {start:%Y-%m-%d %H:%M} and {end:%Y-%m-%d %H:%M}; "
            f"the recordings run from {feed.start:%Y-%m-%d %H:%M} to {feed.end:%Y-%m-%d %H:%M} UTC"
        )
    return slots


def _require_one(found: set[str], why: str) -> None:
    if len(found) > 1:
        raise BadInput(f"{why}; the files have {', '.join(sorted(found))}")


def build_replay_cast(spec: ReplaySpec, recordings: Recordings, account_name: str) -> ReplayCast:
    """The whole platform around a new account. Raises Conflict for a name that is taken, BadInput for bad changes."""
    runtime = seeded_runtime(recordings.clock, run_seed(spec, account_name))
    if Account.objects.filter(name=account_name).exists():
        raise Conflict(f"there is an account {account_name!r} already; choose another name for this replay")
    with transaction.atomic():
        account = open_account(
            runtime=runtime,
            name=account_name,
            venue=replay_venue(account_name),
            environment=Environment.REPLAY,
            quote_asset=recordings.quote_asset,
            cash=spec.cash,
            market_label=recordings.feed.label[:LONGEST_LABEL],
        )
        change_parameters(runtime, account, spec.changes)
        register_instruments(venue=account.venue, instruments=recordings.instruments, universe=recordings.symbols)
    return build_cast(runtime, account, recordings.feed, recordings.instruments, recordings.interval, recordings.clock)


def build_cast(
    runtime: Runtime,
    account: Account,
    feed: Feed,
    instruments: Sequence[Instrument],
    interval: Interval,
    clock: VirtualClock,
) -> ReplayCast:
    """The parts of the platform around `account`, whose instruments are registered; `runtime` stands on `clock`."""
    market = MarketDataFetcher(
        runtime, feed, calendar_for, account.venue, [instrument.symbol for instrument in instruments], interval
    )
    venue = PaperVenue(
        runtime,
        account.pk,
        {instrument.symbol: instrument for instrument in instruments},
        StoredPrices(venue=account.venue, interval=interval, feed=feed),
        starting_balances={account.quote_asset: account.starting_cash},
        calendars={name: calendar_for(name) for name in sorted({item.calendar for item in instruments})},
    )
    owner = f"replay:{account.name}"
    gateway = OrderGateway(runtime, account.pk, venue, owner, timing=REPLAY_TIMING)
    executor = TradeExecutor(runtime, account, GatewayHere(gateway))
    return ReplayCast(clock, runtime, account, market, RulesDecider(RuleStrategy()), executor, gateway)


def replay_venue(account_name: str) -> str:
    """A venue of its own for each replay account, so that it never changes the universe or the bars of another."""
    return f"replay-{content_hash(account_name)[:12]}"


def run_seed(spec: ReplaySpec, account_name: str) -> int:
    """The seed of a run's ids. Runs that may write other rows get other ids: what is cached by id stays true."""
    return int(content_hash([spec.seed, account_name, spec.cash, spec.start, spec.changes])[:15], 16)


def change_parameters(runtime: Runtime, account: Account, changes: Sequence[tuple[str, str]]) -> None:
    """Put a child of the first parameter set in force. Raises BadInput for unknown names and values out of bounds."""
    if not changes:
        return
    proposal = propose_parameters(
        runtime=runtime,
        account=account,
        strategy=FIRST_STRATEGY,
        changes=dict(changes),
        reason="Set for this replay.",
        by="replay",
    )
    activate_parameters(runtime=runtime, parameter_set_id=proposal.pk, by="replay")
