"""Manual mode (M06): a person lets a waiting trade go. Once, in time, and exactly as the risk rules approved it."""

from django.db import transaction

from autotrader.lib.errors import Conflict
from autotrader.lib.runtime import Runtime
from trading.domain.order_timing import ORDER_TIMING
from trading.models import Intent
from trading.selectors.intent_payload import is_as_approved
from trading.services.decide_intent import end_intent, locked_intent, record_intent_step


def approve_intent(*, runtime: Runtime, intent_id: str, by: str, reason: str = "") -> Intent:
    """The APPROVED intent; the gateway has 30 seconds to send it and judges price and limits again before it does.

    Raises NotFound for an unknown id; Conflict when the intent does not wait any more, is stale (it is then EXPIRED)
    or is not what was approved (it is then FAILED).
    """
    problem = ""
    with transaction.atomic():
        intent = locked_intent(intent_id)
        now = runtime.clock.now()
        if now >= intent.expires_at:
            problem = f"the approval came too late: the intent was good until {intent.expires_at:%Y-%m-%d %H:%M:%S} UTC"
            end_intent(runtime=runtime, intent=intent, state=Intent.State.EXPIRED, by=by, reason=problem)
        elif not is_as_approved(intent):
            problem = "the intent is not what the risk rules approved: it was changed since"
            end_intent(runtime=runtime, intent=intent, state=Intent.State.FAILED, by=by, reason=problem)
        else:
            intent.state = Intent.State.APPROVED
            intent.approved_by = by
            intent.approved_at = now
            intent.expires_at = now + ORDER_TIMING.approval_ttl
            intent.save(update_fields=["state", "approved_by", "approved_at", "expires_at"])
            record_intent_step(runtime=runtime, intent=intent, by=by, reason=reason)
    if problem:
        raise Conflict(problem)
    return intent
