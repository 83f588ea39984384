"""The order state machine as data (order-safety.md 4.1): what may follow what, and nothing else.

Promises: a fill may reopen a terminal state, a status may not; a stale status changes nothing; every pair that is
not in the table raises `IllegalTransition`. It never guesses: the caller quarantines such an order.
"""

from collections.abc import Mapping
from enum import StrEnum

from autotrader.lib.errors import AutotraderError
from trading.domain.order import OPEN_STATES, OrderState


class OrderEvent(StrEnum):
    """What can happen to an order: acts of ours, the venue's word on its status, and fills."""

    APPROVE = "APPROVE"
    DENY = "DENY"
    SEND = "SEND"
    NOT_SENT = "NOT_SENT"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    NOT_FOUND = "NOT_FOUND"
    RESEND = "RESEND"
    CANCEL = "CANCEL"
    CANCEL_OUTCOME_UNKNOWN = "CANCEL_OUTCOME_UNKNOWN"
    SAYS_WORKING = "SAYS_WORKING"
    SAYS_PARTIAL = "SAYS_PARTIAL"
    SAYS_FILLED = "SAYS_FILLED"
    SAYS_CANCELED = "SAYS_CANCELED"
    SAYS_EXPIRED = "SAYS_EXPIRED"
    SAYS_REJECTED = "SAYS_REJECTED"
    FILL = "FILL"
    LAST_FILL = "LAST_FILL"


class IllegalTransition(AutotraderError):
    """This event cannot happen to an order in this state: somebody's picture of the order is wrong."""

    code = "illegal_transition"

    def __init__(self, state: OrderState, event: OrderEvent) -> None:
        super().__init__(f"{event} cannot happen to an order that is {state}")
        self.state = state
        self.event = event


_S = OrderState
_E = OrderEvent

_FILLS = {_E.FILL: _S.PARTIAL, _E.LAST_FILL: _S.FILLED}
_ENDS = {_E.SAYS_FILLED: _S.FILLED, _E.SAYS_CANCELED: _S.CANCELED, _E.SAYS_EXPIRED: _S.EXPIRED}
_ANSWERS = {
    **_FILLS,
    **_ENDS,
    _E.SAYS_WORKING: _S.WORKING,
    _E.SAYS_PARTIAL: _S.PARTIAL,
    _E.SAYS_REJECTED: _S.REJECTED,
}


def _ended(state: OrderState, same: OrderEvent) -> dict[OrderEvent, OrderState]:
    """A terminal state: its own status again and stale live ones change nothing, fills reopen it."""
    return {same: state, _E.SAYS_WORKING: state, _E.SAYS_PARTIAL: state, **_FILLS}


TRANSITIONS: Mapping[OrderState, Mapping[OrderEvent, OrderState]] = {
    _S.INTENDED: {_E.APPROVE: _S.APPROVED, _E.DENY: _S.DENIED},
    _S.APPROVED: {_E.SEND: _S.SENDING, _E.DENY: _S.DENIED},
    _S.SENDING: {**_ANSWERS, _E.NOT_SENT: _S.NOT_ACCEPTED, _E.OUTCOME_UNKNOWN: _S.UNKNOWN},
    _S.UNKNOWN: {**_ANSWERS, _E.NOT_FOUND: _S.NOT_ACCEPTED, _E.OUTCOME_UNKNOWN: _S.UNKNOWN},
    _S.WORKING: {**_ANSWERS, _E.CANCEL: _S.CANCEL_PENDING},
    _S.PARTIAL: {
        **_FILLS,
        **_ENDS,
        _E.SAYS_WORKING: _S.PARTIAL,
        _E.SAYS_PARTIAL: _S.PARTIAL,
        _E.CANCEL: _S.CANCEL_PENDING,
    },
    _S.CANCEL_PENDING: {
        **_ENDS,
        _E.FILL: _S.CANCEL_PENDING,
        _E.LAST_FILL: _S.FILLED,
        _E.SAYS_WORKING: _S.CANCEL_PENDING,
        _E.SAYS_PARTIAL: _S.CANCEL_PENDING,
        _E.SAYS_REJECTED: _S.REJECTED,
        _E.CANCEL: _S.CANCEL_PENDING,
        _E.CANCEL_OUTCOME_UNKNOWN: _S.CANCEL_UNKNOWN,
    },
    _S.CANCEL_UNKNOWN: {
        **_ENDS,
        _E.FILL: _S.CANCEL_UNKNOWN,
        _E.LAST_FILL: _S.FILLED,
        _E.SAYS_WORKING: _S.WORKING,
        _E.SAYS_PARTIAL: _S.PARTIAL,
        _E.SAYS_REJECTED: _S.REJECTED,
        _E.CANCEL: _S.CANCEL_PENDING,
        _E.CANCEL_OUTCOME_UNKNOWN: _S.CANCEL_UNKNOWN,
    },
    _S.FILLED: _ended(_S.FILLED, _E.SAYS_FILLED),
    _S.CANCELED: _ended(_S.CANCELED, _E.SAYS_CANCELED),
    _S.EXPIRED: _ended(_S.EXPIRED, _E.SAYS_EXPIRED),
    _S.REJECTED: {_E.SAYS_REJECTED: _S.REJECTED, **_FILLS},
    _S.NOT_ACCEPTED: {_E.RESEND: _S.SENDING, _E.SAYS_REJECTED: _S.NOT_ACCEPTED, **_FILLS},
    _S.DENIED: {},
    _S.QUARANTINED: dict.fromkeys((*_ANSWERS, _E.CANCEL, _E.CANCEL_OUTCOME_UNKNOWN), _S.QUARANTINED),
}

_STATUS_EVENTS: Mapping[OrderState, OrderEvent] = {
    # A venue's bracket child that waits for its parent is alive there, so to us it is WORKING.
    _S.INTENDED: _E.SAYS_WORKING,
    _S.APPROVED: _E.SAYS_WORKING,
    _S.WORKING: _E.SAYS_WORKING,
    _S.CANCEL_PENDING: _E.SAYS_WORKING,
    _S.PARTIAL: _E.SAYS_PARTIAL,
    _S.FILLED: _E.SAYS_FILLED,
    _S.CANCELED: _E.SAYS_CANCELED,
    _S.EXPIRED: _E.SAYS_EXPIRED,
    _S.REJECTED: _E.SAYS_REJECTED,
}

FINAL_STATUS_EVENTS = frozenset({_E.SAYS_FILLED, _E.SAYS_CANCELED, _E.SAYS_EXPIRED, _E.SAYS_REJECTED})


def next_state(state: OrderState, event: OrderEvent) -> OrderState:
    """The state after `event`. Raises IllegalTransition for a pair the table does not have."""
    try:
        return TRANSITIONS[state][event]
    except KeyError:
        raise IllegalTransition(state, event) from None


def status_event(reported: OrderState) -> OrderEvent:
    """The event that a venue's status stands for. Raises ValueError for states only we know (SENDING …)."""
    try:
        return _STATUS_EVENTS[reported]
    except KeyError:
        raise ValueError(f"a venue cannot report the state {reported}") from None


def is_late_fill(state: OrderState, event: OrderEvent) -> bool:
    """Whether this fill reopens an order that had ended: counted and alarmed."""
    return event in _FILLS and state not in OPEN_STATES
