"""Manual mode (M06): a trade nobody approved in time goes stale and is never sent."""

from django.db import transaction

from autotrader.lib.runtime import Runtime
from trading.models import Account, Intent
from trading.services.decide_intent import end_intent

REASON = "nobody approved it in time"


def expire_intents(*, runtime: Runtime, account: Account) -> list[Intent]:
    """The intents that expired now, oldest first. Cheap when none did: one indexed look without a lock."""
    stale = Intent.objects.filter(
        account=account, state=Intent.State.AWAITING_APPROVAL, expires_at__lte=runtime.clock.now()
    )
    if not stale.exists():
        return []
    with transaction.atomic():
        intents = list(stale.select_for_update(of=("self",)).select_related("instrument").order_by("id"))
        for intent in intents:
            end_intent(runtime=runtime, intent=intent, state=Intent.State.EXPIRED, by="platform", reason=REASON)
    return intents
