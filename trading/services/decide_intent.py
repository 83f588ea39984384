"""What approving, rejecting and expiring an intent have in common: the lock, the audit line, the event."""

from autotrader.lib.errors import Conflict, NotFound
from autotrader.lib.runtime import Runtime
from trading.domain.audit_chain import AuditEntry
from trading.models import Intent
from trading.services.append_audit import append_audit
from trading.services.record_event import record_event


def locked_intent(intent_id: str) -> Intent:
    """The waiting intent, locked until the commit.

    Raises NotFound for an unknown id, Conflict for an intent that does not wait for a person.
    """
    intent = Intent.objects.select_for_update(of=("self",)).select_related("instrument").filter(pk=intent_id).first()
    if intent is None:
        raise NotFound(f"there is no intent {intent_id!r}")
    if intent.state != Intent.State.AWAITING_APPROVAL:
        raise Conflict(f"intent {intent.id} does not wait for approval: it is {intent.state}")
    return intent


def end_intent(*, runtime: Runtime, intent: Intent, state: str, by: str, reason: str) -> None:
    """Put a waiting intent into a state that it never leaves."""
    intent.state = state
    intent.reason = reason
    intent.save(update_fields=["state", "reason"])
    record_intent_step(runtime=runtime, intent=intent, by=by, reason=reason)


def record_intent_step(*, runtime: Runtime, intent: Intent, by: str, reason: str) -> None:
    """The audit line and the event for the state the intent has now."""
    body = {
        "account_id": intent.account_id,
        "decision_id": intent.decision_id,
        "symbol": intent.instrument.symbol,
        "side": intent.side,
        "purpose": intent.purpose,
        "quantity": intent.quantity,
        "limit_price": intent.limit_price,
        "payload_hash": intent.payload_hash,
        "status": intent.state,
        "by": by,
        "reason": reason,
    }
    append_audit(runtime=runtime, entries=[AuditEntry(f"intent_{intent.state.lower()}", intent.id, body)])
    payload = {"intent_id": intent.id, "decision_id": intent.decision_id, "state": intent.state, "by": by}
    record_event(runtime=runtime, account_id=intent.account_id, topic="approval", payload=payload)
