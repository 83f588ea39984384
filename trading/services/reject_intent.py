"""Manual mode (M06): a person says no to a waiting trade."""

from django.db import transaction

from autotrader.lib.runtime import Runtime
from trading.models import Intent
from trading.services.decide_intent import end_intent, locked_intent


def reject_intent(*, runtime: Runtime, intent_id: str, by: str, reason: str = "") -> Intent:
    """The intent, DENIED with who and why. Raises NotFound for an unknown id, Conflict when it does not wait."""
    why = f"rejected by {by}: {reason.strip()}" if reason.strip() else f"rejected by {by}"
    with transaction.atomic():
        intent = locked_intent(intent_id)
        end_intent(runtime=runtime, intent=intent, state=Intent.State.DENIED, by=by, reason=why)
    return intent
