"""Every state with every event (order-safety.md 4.1): the table is written out here a second time, in its own words."""

import pytest

from trading.domain.order import OPEN_STATES, TERMINAL_STATES, OrderState
from trading.domain.order_states import (
    TRANSITIONS,
    IllegalTransition,
    OrderEvent,
    is_late_fill,
    next_state,
    status_event,
)

STATUSES = [event for event in OrderEvent if event.startswith("SAYS_")]
FILLS = [OrderEvent.FILL, OrderEvent.LAST_FILL]

# One line a state: the events it knows and where they lead. What is not here must raise.
LEGAL = """
INTENDED: APPROVE=APPROVED DENY=DENIED
APPROVED: SEND=SENDING DENY=DENIED
SENDING: NOT_SENT=NOT_ACCEPTED OUTCOME_UNKNOWN=UNKNOWN SAYS_WORKING=WORKING SAYS_PARTIAL=PARTIAL SAYS_FILLED=FILLED
  SAYS_CANCELED=CANCELED SAYS_EXPIRED=EXPIRED SAYS_REJECTED=REJECTED FILL=PARTIAL LAST_FILL=FILLED
UNKNOWN: NOT_FOUND=NOT_ACCEPTED OUTCOME_UNKNOWN=UNKNOWN SAYS_WORKING=WORKING SAYS_PARTIAL=PARTIAL SAYS_FILLED=FILLED
  SAYS_CANCELED=CANCELED SAYS_EXPIRED=EXPIRED SAYS_REJECTED=REJECTED FILL=PARTIAL LAST_FILL=FILLED
WORKING: CANCEL=CANCEL_PENDING SAYS_WORKING=WORKING SAYS_PARTIAL=PARTIAL SAYS_FILLED=FILLED SAYS_CANCELED=CANCELED
  SAYS_EXPIRED=EXPIRED SAYS_REJECTED=REJECTED FILL=PARTIAL LAST_FILL=FILLED
PARTIAL: CANCEL=CANCEL_PENDING SAYS_WORKING=PARTIAL SAYS_PARTIAL=PARTIAL SAYS_FILLED=FILLED SAYS_CANCELED=CANCELED
  SAYS_EXPIRED=EXPIRED FILL=PARTIAL LAST_FILL=FILLED
CANCEL_PENDING: CANCEL=CANCEL_PENDING CANCEL_OUTCOME_UNKNOWN=CANCEL_UNKNOWN SAYS_WORKING=CANCEL_PENDING
  SAYS_PARTIAL=CANCEL_PENDING SAYS_FILLED=FILLED SAYS_CANCELED=CANCELED SAYS_EXPIRED=EXPIRED SAYS_REJECTED=REJECTED
  FILL=CANCEL_PENDING LAST_FILL=FILLED
CANCEL_UNKNOWN: CANCEL=CANCEL_PENDING CANCEL_OUTCOME_UNKNOWN=CANCEL_UNKNOWN SAYS_WORKING=WORKING SAYS_PARTIAL=PARTIAL
  SAYS_FILLED=FILLED SAYS_CANCELED=CANCELED SAYS_EXPIRED=EXPIRED SAYS_REJECTED=REJECTED FILL=CANCEL_UNKNOWN
  LAST_FILL=FILLED
FILLED: SAYS_FILLED=FILLED SAYS_WORKING=FILLED SAYS_PARTIAL=FILLED FILL=PARTIAL LAST_FILL=FILLED
CANCELED: SAYS_CANCELED=CANCELED SAYS_WORKING=CANCELED SAYS_PARTIAL=CANCELED FILL=PARTIAL LAST_FILL=FILLED
EXPIRED: SAYS_EXPIRED=EXPIRED SAYS_WORKING=EXPIRED SAYS_PARTIAL=EXPIRED FILL=PARTIAL LAST_FILL=FILLED
REJECTED: SAYS_REJECTED=REJECTED FILL=PARTIAL LAST_FILL=FILLED
NOT_ACCEPTED: RESEND=SENDING SAYS_REJECTED=NOT_ACCEPTED FILL=PARTIAL LAST_FILL=FILLED
DENIED:
QUARANTINED: CANCEL=QUARANTINED CANCEL_OUTCOME_UNKNOWN=QUARANTINED SAYS_WORKING=QUARANTINED SAYS_PARTIAL=QUARANTINED
  SAYS_FILLED=QUARANTINED SAYS_CANCELED=QUARANTINED SAYS_EXPIRED=QUARANTINED SAYS_REJECTED=QUARANTINED
  FILL=QUARANTINED LAST_FILL=QUARANTINED
"""


def read_legal() -> dict[tuple[OrderState, OrderEvent], OrderState]:
    legal, state = {}, None
    for line in LEGAL.strip().splitlines():
        if ":" in line:
            name, _, line = line.partition(":")
            state = OrderState(name)
        for pair in line.split():
            event, _, after = pair.partition("=")
            legal[state, OrderEvent(event)] = OrderState(after)
    return legal


@pytest.mark.parametrize("event", OrderEvent)
@pytest.mark.parametrize("state", OrderState)
def test_every_pair_leads_where_the_rules_say_or_raises(state, event):
    expected = read_legal().get((state, event))
    if expected is None:
        with pytest.raises(IllegalTransition, match=f"{event} cannot happen to an order that is {state}"):
            next_state(state, event)
    else:
        assert next_state(state, event) is expected


def test_every_state_has_its_line():
    assert set(TRANSITIONS) == set(OrderState)


@pytest.mark.parametrize("state", sorted(TERMINAL_STATES))
@pytest.mark.parametrize("event", sorted(STATUSES))
def test_no_status_ever_reopens_a_terminal_state(state, event):
    after = TRANSITIONS[state].get(event, state)
    assert after in TERMINAL_STATES
    assert after is state


@pytest.mark.parametrize("state", sorted(TERMINAL_STATES - {OrderState.DENIED}))
@pytest.mark.parametrize("event", sorted(FILLS))
def test_a_fill_may_reopen_a_terminal_state_and_counts_as_late(state, event):
    assert next_state(state, event) in (OrderState.PARTIAL, OrderState.FILLED)
    assert is_late_fill(state, event)


@pytest.mark.parametrize("state", sorted(OPEN_STATES))
@pytest.mark.parametrize("event", OrderEvent)
def test_a_fill_of_an_open_order_is_not_late(state, event):
    assert not is_late_fill(state, event)


def test_an_order_that_may_have_left_is_never_sent_again():
    senders = {state for state, events in TRANSITIONS.items() if OrderState.SENDING in events.values()}
    assert senders == {OrderState.APPROVED, OrderState.NOT_ACCEPTED}


def test_unknown_is_left_by_an_answer_only():
    ours = {OrderEvent.CANCEL, OrderEvent.NOT_SENT, OrderEvent.RESEND, OrderEvent.SEND}
    assert not ours & set(TRANSITIONS[OrderState.UNKNOWN])


@pytest.mark.parametrize("state", OrderState)
def test_only_states_that_a_venue_can_know_are_statuses(state):
    ours_alone = {"SENDING", "UNKNOWN", "CANCEL_UNKNOWN", "NOT_ACCEPTED", "DENIED", "QUARANTINED"}
    if state in ours_alone:
        with pytest.raises(ValueError, match="cannot report"):
            status_event(state)
    else:
        assert status_event(state) in STATUSES
