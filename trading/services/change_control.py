"""The one way an account's switches change: locked, audited, and told to the pages, in one transaction."""

from typing import Any

from django.db import transaction

from autotrader.lib.errors import NotFound
from autotrader.lib.runtime import Runtime
from trading.domain.audit_chain import AuditEntry
from trading.models import Account, AccountControl
from trading.services.append_audit import append_audit
from trading.services.record_event import record_event


def change_control(
    *, runtime: Runtime, account: Account, kind: str, by: str, changes: dict[str, Any]
) -> AccountControl:
    """Set the fields in `changes`; nothing is written when they are so already. The row as it is now.

    `kind` names the change in the audit trail. Raises NotFound for an account without switches.
    """
    with transaction.atomic():
        control = AccountControl.objects.select_for_update().filter(account=account).first()
        if control is None:
            raise NotFound(f"account {account.name!r} has no switches: open it with open_account")
        before = {name: getattr(control, name) for name in changes}
        if before == changes:
            return control
        for name, value in {**changes, "changed_by": by, "changed_at": runtime.clock.now()}.items():
            setattr(control, name, value)
        control.save(update_fields=[*changes, "changed_by", "changed_at"])
        body = {"account": account.name, "by": by, "before": before, "after": changes}
        append_audit(runtime=runtime, entries=[AuditEntry(kind, str(account.id), body)])
        record_event(runtime=runtime, account_id=account.id, topic="control", payload={"by": by, **changes})
        return control
