"""The facts that the risk rules judge, read from the database in a few queries. Asked only for decisions that act.

Orders that are SENDING or UNKNOWN, and intents that were not sent yet, count as if they filled whole at their worst
price.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings

from autotrader.lib.money import ONE, ZERO
from autotrader.lib.runtime import Runtime
from trading.domain.bar import Interval
from trading.domain.decision import IntentPlan
from trading.domain.market_snapshot import InstrumentSnapshot
from trading.domain.order import Purpose, Side
from trading.domain.risk.context import Approval, OrderCounts, PriceView, RecentOrder, RiskContext, Stage
from trading.domain.risk.limits import DEFAULT_LIMITS, RiskLimits
from trading.models import Account, InstrumentRow, Intent
from trading.ports import Quote
from trading.selectors import in_flight
from trading.selectors.equity import HeldWorth, account_cash, held_worth
from trading.selectors.trading_state import effective_state

_MINUTE = timedelta(minutes=1)


def build_risk_context(
    *,
    runtime: Runtime,
    account: Account,
    instrument_row: InstrumentRow,
    plan: IntentPlan,
    quote: Quote | None,
    snapshot: InstrumentSnapshot | None,
    prices: Mapping[str, Decimal] | None = None,
    stage: Stage = Stage.DECISION,
    confidence: Decimal | None = None,
    min_confidence: Decimal | None = None,
    approval: Approval | None = None,
    price_max_age: timedelta | None = None,
    is_similar_allowed: bool = False,
    limits: RiskLimits = DEFAULT_LIMITS,
) -> RiskContext:
    """The facts about `plan` now.

    The gateway passes `stage=Stage.SEND` with the `approval`, and no snapshot. `prices` values the other positions.
    `price_max_age` is two bars where it is not given.
    """
    now = runtime.clock.now()
    known = _with_quote(prices or {}, plan.symbol, quote)
    facts = _read(account, plan, known, limits, now, stage)
    cash = account_cash(account)
    spendable = cash - facts.in_flight_notional() * (ONE + limits.commission_fraction)
    return RiskContext(
        now=now,
        stage=stage,
        instrument=instrument_row.to_domain(),
        trading_state=effective_state(account.pk),
        is_in_universe=instrument_row.is_in_universe,
        is_session_open=snapshot.is_session_open if snapshot else None,
        data_problem=snapshot.data_problem if snapshot else "",
        price=PriceView(quote.bid, quote.ask, quote.ts_event) if quote else None,
        price_max_age=price_max_age or _two_bars(snapshot, limits),
        median_volume=snapshot.median_volume if snapshot else None,
        equity=cash + facts.held_notional(),
        free_cash=spendable,
        held_quantity=facts.held_quantity(),
        position_notional=facts.held_notional(plan.symbol) + facts.in_flight_notional(plan.symbol),
        gross_notional=facts.held_notional() + facts.in_flight_notional(),
        exits_in_flight=facts.exits_in_flight(),
        counts=facts.counts(),
        recent_rejects=facts.rejects(),
        recent_orders=facts.recent(),
        same_decision_intents=int(facts.is_decided),
        active_entries=facts.active_entries(),
        resting_orders=tuple(order.as_resting() for order in facts.orders if order.symbol == plan.symbol),
        is_similar_allowed=is_similar_allowed,
        approval=approval,
        confidence=confidence,
        min_confidence=min_confidence,
        limits=limits,
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    """What was read, and the sums over it."""

    plan: IntentPlan
    limits: RiskLimits
    now: datetime
    held: Sequence[HeldWorth]
    orders: Sequence[in_flight.OpenOrder]
    intents: Sequence[in_flight.LiveIntent]
    sent: Sequence[in_flight.SentOrder]
    sent_today: int
    is_decided: bool
    counts_unsent: bool

    def held_quantity(self) -> Decimal:
        return sum((held.quantity for held in self.held if held.symbol == self.plan.symbol), ZERO)

    def held_notional(self, symbol: str = "") -> Decimal:
        return sum((held.worth for held in self.held if symbol in ("", held.symbol)), ZERO)

    def in_flight_notional(self, symbol: str = "") -> Decimal:
        orders = sum((order.worst_notional for order in self.orders if symbol in ("", order.symbol)), ZERO)
        return orders + sum((want.worst_notional for want in self.intents if symbol in ("", want.symbol)), ZERO)

    def exits_in_flight(self) -> Decimal:
        orders = (order.remaining for order in self.orders if self._is_my_exit(order))
        intents = (intent.quantity for intent in self.intents if intent.is_unsent and self._is_my_exit(intent))
        return sum(orders, ZERO) + sum(intents, ZERO)

    def counts(self) -> OrderCounts:
        lately = [sent for sent in self.sent if self._is_decided_order(sent) and self.now - sent.sent_at < _MINUTE]
        waiting = self._approved()
        strategies = [sent.strategy for sent in lately] + [intent.strategy for intent in waiting]
        return OrderCounts(
            strategies.count(self.plan.strategy), len(lately) + len(waiting), self.sent_today + len(waiting)
        )

    def rejects(self) -> int:
        oldest = self.now - timedelta(seconds=self.limits.reject_window_seconds)
        mine = ("", self.plan.strategy)
        return sum(1 for sent in self.sent if sent.is_rejected and sent.sent_at >= oldest and sent.strategy in mine)

    def recent(self) -> tuple[RecentOrder, ...]:
        sent = [sent.as_recent() for sent in self.sent if self._is_decided_order(sent)]
        waiting = [want.as_recent() for want in self.intents if want.is_unsent] if self.counts_unsent else []
        return (*sent, *waiting)

    def active_entries(self) -> int:
        wanted = (self.plan.symbol, self.plan.strategy, Purpose.ENTRY)
        return sum(1 for intent in self.intents if (intent.symbol, intent.strategy, intent.purpose) == wanted)

    def _approved(self) -> list[in_flight.LiveIntent]:
        """Intents that will be sent without anybody being asked: they count as sent, except at the gateway itself."""
        if not self.counts_unsent:
            return []
        return [intent for intent in self.intents if intent.state == Intent.State.APPROVED]

    def _is_my_exit(self, item: in_flight.OpenOrder | in_flight.LiveIntent) -> bool:
        return (item.symbol, item.side, item.purpose) == (self.plan.symbol, Side.SELL, Purpose.EXIT)

    def _is_decided_order(self, order: in_flight.SentOrder) -> bool:
        return order.purpose in in_flight.DECIDED_PURPOSES


def _read(
    account: Account,
    plan: IntentPlan,
    prices: Mapping[str, Decimal],
    limits: RiskLimits,
    now: datetime,
    stage: Stage,
) -> _Facts:
    look_back = max(limits.reject_window_seconds, limits.similar_order_seconds, int(_MINUTE.total_seconds()))
    is_decision = stage is Stage.DECISION
    return _Facts(
        plan=plan,
        limits=limits,
        now=now,
        held=held_worth(account, prices),
        orders=in_flight.open_orders(account, plan.decision_id, plan.limit_price),
        intents=in_flight.live_intents(account, plan.decision_id),
        sent=in_flight.sent_orders(account, now - timedelta(seconds=look_back), plan.decision_id),
        sent_today=in_flight.decided_orders_since(account, now.replace(hour=0, minute=0, second=0, microsecond=0)),
        is_decided=is_decision and in_flight.has_intent(plan.decision_id, plan.purpose),
        counts_unsent=is_decision,
    )


def _with_quote(prices: Mapping[str, Decimal], symbol: str, quote: Quote | None) -> Mapping[str, Decimal]:
    return {**prices, symbol: quote.mid} if quote else prices


def _two_bars(snapshot: InstrumentSnapshot | None, limits: RiskLimits) -> timedelta:
    """Prices made of bars may be two bars old (order-safety.md section 5, data gate)."""
    if snapshot is not None and snapshot.bar is not None:
        return snapshot.bar.interval.duration * limits.quote_age_intervals
    return Interval(settings.AUTOTRADER.bar_interval).duration * limits.quote_age_intervals
