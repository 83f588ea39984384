"""One round of the gateway: fills, orders in doubt, the kill switch, approved intents, protection, comparison.

Cheap when idle: three queries and one call to the venue. Every step is safe to repeat and safe to be killed in.
"""

from datetime import timedelta

from autotrader.lib.statements import Select, SelectRows, fetch
from trading.domain.order import TERMINAL_STATES, OrderState, Purpose, TimeInForce
from trading.domain.trading_state import TradingState
from trading.gateway.memory import PumpMemory
from trading.models import Intent, OrderRow, PositionRow
from trading.selectors.live_orders import IN_DOUBT_STATES, LiveOrder, live_order_facts, reserved_for_sale
from trading.selectors.trading_state import effective_state
from trading.services.ask_order import Answer, ask_order
from trading.services.cancel_order import cancel_order
from trading.services.exit_position import exit_position
from trading.services.fetch_fills import fetch_fills
from trading.services.order_desk import OrderDesk
from trading.services.position_need import uncovered_quantity
from trading.services.protect_position import Protection, protect_position
from trading.services.report_incident import report_incident
from trading.services.resolve_unknown import is_due, resolve_unknown
from trading.services.send_order import send_intent

_LOOK_AT_POSITIONS = timedelta(seconds=1)
# The states of the partial index "intent_live" as it names them, or SQLite would not use it.
_LIVE = "t.state IN ('APPROVED', 'AWAITING_APPROVAL', 'SUBMITTED')"
_TO_SEND = SelectRows(
    Intent, f"WHERE t.account_id = %s AND {_LIVE} AND t.state = 'APPROVED' ORDER BY t.id", related=("instrument",)
)
_OPEN = Select(
    PositionRow,
    ("id", "instrument_id", "quantity", "unprotected_since"),
    "WHERE account_id = %s AND opened_at IS NOT NULL ORDER BY id",
)
_ORDER = SelectRows(OrderRow, "WHERE t.id = %s", related=("instrument", "intent"))
_POSITION = SelectRows(PositionRow, "WHERE t.id = %s", related=("instrument",))
_STATE_OF = "SELECT state FROM trading_orderrow WHERE id = %s"
_LIST_OF = "SELECT list_id FROM trading_orderrow WHERE client_order_id = %s AND list_id <> ''"
_RESTING = frozenset({TimeInForce.GTC.value, TimeInForce.DAY.value})


def pump(desk: OrderDesk, memory: PumpMemory) -> bool:
    """Whether anything moved (then another round may find more). Raises VenueUnavailable and LeaseLost."""
    has_moved = take_fills(desk, memory)
    orders = live_order_facts(desk.account.pk)
    has_moved |= _follow(desk, memory, orders)
    has_moved |= _stop_entries(desk, memory, orders)
    has_moved |= _send_approved(desk)
    known = None if has_moved else orders
    return _protect(desk, memory, known) or has_moved


def take_fills(desk: OrderDesk, memory: PumpMemory) -> bool:
    """Book the venue's new executions; the submissions they belong to are asked for next."""
    memory.cursor, filled = fetch_fills(
        runtime=desk.runtime, account=desk.account, venue=desk.venue, cursor=memory.cursor
    )
    for client_order_id in filled:
        memory.lists_to_ask.update(list_id for (list_id,) in fetch(_LIST_OF, (client_order_id,)))
    return bool(filled)


def _follow(desk: OrderDesk, memory: PumpMemory, orders: list[LiveOrder]) -> bool:
    """Ask for every order whose state at the venue may differ from ours; orders at rest are not asked for."""
    now = desk.runtime.clock.now()
    lists, memory.lists_to_ask = memory.lists_to_ask, set()
    has_moved = False
    for fact in orders:
        is_in_question = _is_in_question(fact) and is_due(
            desk.timing, fact.sent_at or now, memory.asked.get(fact.id), now
        )
        if is_in_question or fact.list_id in lists:
            memory.asked[fact.id] = now
            has_moved |= _ask(desk, memory, fact)
    alive = {fact.id for fact in orders}
    memory.asked = {order_id: at for order_id, at in memory.asked.items() if order_id in alive}
    memory.behind_since = {order_id: at for order_id, at in memory.behind_since.items() if order_id in alive}
    return has_moved


def _is_in_question(fact: LiveOrder) -> bool:
    """In doubt, being cancelled, or of a kind that cannot rest at a venue."""
    if fact.state in IN_DOUBT_STATES or fact.state == OrderState.CANCEL_PENDING.value:
        return True
    return fact.time_in_force not in _RESTING


def _ask(desk: OrderDesk, memory: PumpMemory, fact: LiveOrder) -> bool:
    order = _ORDER.one((fact.id,))
    if fact.state in IN_DOUBT_STATES:
        answer = resolve_unknown(desk=desk, order=order)
        _alarm_long_doubt(desk, memory, order, answer)
    else:
        answer = ask_order(desk=desk, order=order, cause="followed")
    if answer is Answer.BEHIND:
        return _note_behind(desk, memory, order)
    memory.behind_since.pop(order.id, None)
    order.state = fetch(_STATE_OF, (order.pk,))[0][0]
    if order.list_id and OrderState(order.state) in TERMINAL_STATES:
        memory.lists_to_ask.add(order.list_id)
    return bool(order.state != fact.state)


def _note_behind(desk: OrderDesk, memory: PumpMemory, order: OrderRow) -> bool:
    """The venue counts fills that it has not shown us: fetch and ask again at once, later with each turn; alarm a
    minute of it. Whether it is the first time."""
    now = desk.runtime.clock.now()
    is_first = order.id not in memory.behind_since
    since = memory.behind_since.setdefault(order.id, now)
    memory.asked.pop(order.id, None)
    if order.list_id:
        memory.lists_to_ask.add(order.list_id)
    if now - since > desk.timing.unknown_alarm and memory.first_alarm(f"behind:{order.id}:{since}"):
        report_incident(
            runtime=desk.runtime,
            account_id=desk.account.pk,
            kind="fills_missing",
            message=f"The venue counts fills of order {order.client_order_id} that it has not shown for a minute.",
            subject_id=order.id,
        )
    return is_first


def _alarm_long_doubt(desk: OrderDesk, memory: PumpMemory, order: OrderRow, answer: Answer) -> None:
    """An order in doubt for more than a minute is for a person to look at (order-safety.md 5)."""
    sent_at = order.sent_at or order.created_at
    if answer is Answer.SETTLED or desk.runtime.clock.now() - sent_at <= desk.timing.unknown_alarm:
        return
    if memory.first_alarm(f"doubt:{order.id}:{sent_at}"):
        report_incident(
            runtime=desk.runtime,
            account_id=desk.account.pk,
            kind="order_in_doubt",
            message=f"Nobody knows since {sent_at:%H:%M:%S} UTC whether order {order.client_order_id} lives.",
            subject_id=order.id,
        )


def _stop_entries(desk: OrderDesk, memory: PumpMemory, orders: list[LiveOrder]) -> bool:
    """HALTED: cancel live entries. Protective orders stay."""
    entries = [fact for fact in orders if fact.purpose == Purpose.ENTRY.value]
    if not entries or effective_state(desk.account.pk) is not TradingState.HALTED:
        return False
    memory.lists_to_ask.update(fact.list_id for fact in entries if fact.list_id)
    outcomes = [cancel_order(desk=desk, order_id=fact.id, cause="trading is halted") for fact in entries]
    return any(outcome is not None for outcome in outcomes)


def _send_approved(desk: OrderDesk) -> bool:
    """Send what is approved: exits first, each intent in the order it was made."""
    intents = _TO_SEND.all((desk.account.pk,))
    has_sent = False
    for intent in sorted(intents, key=lambda item: item.purpose != Purpose.EXIT.value):
        if intent.purpose == Purpose.EXIT.value:
            has_sent |= exit_position(desk=desk, intent=intent) is not None
        elif not _is_locked(desk, intent):
            send_intent(desk=desk, intent_id=intent.id)
            has_sent = True
    return has_sent


def _is_locked(desk: OrderDesk, intent: Intent) -> bool:
    """While an order of the instrument is in doubt, an entry waits there, as long as its approval lives."""
    age = desk.runtime.clock.now() - (intent.approved_at or intent.created_at)
    if age > desk.timing.approval_ttl:
        return False
    facts = live_order_facts(desk.account.pk)
    return any(fact.instrument_id == intent.instrument_id and fact.state in IN_DOUBT_STATES for fact in facts)


def _protect(desk: OrderDesk, memory: PumpMemory, orders: list[LiveOrder] | None) -> bool:
    """Look after every open position that lacks a stop, or whose stop is in doubt.

    `orders` are the live ones when nothing has moved since they were read; then once a second is enough.
    """
    now = desk.runtime.clock.now()
    looked_at = memory.positions_looked_at
    if orders is not None and looked_at is not None and now - looked_at < _LOOK_AT_POSITIONS:
        return False
    memory.positions_looked_at = now
    positions = _OPEN.rows([desk.account.pk])
    if not positions:
        return False
    orders = live_order_facts(desk.account.pk) if orders is None else orders
    has_moved = False
    for key, instrument_id, quantity, unprotected_since in positions:
        own = [fact for fact in orders if fact.instrument_id == instrument_id]
        held = (quantity, reserved_for_sale(own))
        if unprotected_since is None and memory.covered.get(key) == held:
            continue
        position = _POSITION.one((key,))
        if position.unprotected_since is not None or uncovered_quantity(position, own):
            has_moved |= _protect_one(desk, memory, position)
        else:
            memory.covered[key] = held
    return has_moved


def _protect_one(desk: OrderDesk, memory: PumpMemory, position: PositionRow) -> bool:
    result = protect_position(desk=desk, position_id=position.pk)
    if result in (Protection.PENDING, Protection.HELD_BACK):
        _alarm_unprotected(desk, memory, position, result)
    return result in (Protection.PLACED, Protection.EXITING)


def _alarm_unprotected(desk: OrderDesk, memory: PumpMemory, position: PositionRow, result: Protection) -> None:
    """A position without a confirmed stop for more than five seconds is alarmed once (A2: within ten)."""
    since = position.unprotected_since
    if since is None or desk.runtime.clock.now() - since <= desk.timing.unprotected_limit:
        return
    if memory.first_alarm(f"unprotected:{position.pk}:{since}"):
        why = "it is held back" if result is Protection.HELD_BACK else "an order in doubt speaks for it"
        report_incident(
            runtime=desk.runtime,
            account_id=desk.account.pk,
            kind="position_unprotected",
            message=f"{position.quantity} {position.instrument.symbol} has no confirmed stop: {why}.",
            subject_id=position.instrument.symbol,
            details={"unprotected_since": since},
        )
