"""Carry out a decided exit: cancel the protective orders, see that confirmed, sell what is held, never more (I8).

If the sale fails or sells a part, the protection pass puts a new stop under what is left.
"""

from trading.models import Intent
from trading.services.clear_the_way import clear_the_way
from trading.services.order_desk import OrderDesk
from trading.services.send_order import refusal, refuse_intent, send_intent
from trading.services.transmit import SendOutcome


def exit_position(*, desk: OrderDesk, intent: Intent) -> SendOutcome | None:
    """What sending came to; None while the cancels are not confirmed (the intent then waits, within its approval).

    Protection is touched only for an exit that may be sent.
    """
    problem = refusal(desk, intent, is_locked=False)
    if problem is not None:
        refuse_intent(desk=desk, intent_id=intent.id, problem=problem)
        return SendOutcome.REFUSED
    if not clear_the_way(desk=desk, instrument_id=intent.instrument_id, cause=f"exit {intent.id}"):
        return None
    return send_intent(desk=desk, intent_id=intent.id)
