"""Propose a parameter set: a child of the active one, with reason and evidence. It trades nothing until activated."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.db import transaction

from autotrader.lib.canonical import canonical_json
from autotrader.lib.errors import BadInput, NotFound
from autotrader.lib.runtime import Runtime
from trading.domain.audit_chain import AuditEntry
from trading.domain.parameters import StrategyParameters
from trading.models import Account, ParameterSet
from trading.services.append_audit import append_audit
from trading.services.record_event import record_event
from trading.services.stored_parameters import stored_parameters


def propose_parameters(
    *,
    runtime: Runtime,
    account: Account,
    strategy: str,
    changes: Mapping[str, Any],
    reason: str,
    by: str,
    evidence: Mapping[str, Any] | None = None,
    parent: ParameterSet | None = None,
) -> ParameterSet:
    """A PROPOSED set: `parent` (the active set when None) with `changes`, decimals as text or Decimal.

    Raises BadInput for an unknown name, a value outside its bounds, no change at all or no reason; NotFound when
    the strategy has no active set to start from.
    """
    if not reason.strip():
        raise BadInput("a reason is needed for a proposal")
    with transaction.atomic():
        origin = parent or active_set(account, strategy)
        values = changed_values(origin, changes)
        proposal = ParameterSet.objects.create(
            id=runtime.ids.ulid(),
            account=account,
            strategy=strategy,
            parent=origin,
            values=values,
            status=ParameterSet.Status.PROPOSED,
            reason=reason.strip(),
            evidence=orjson.loads(canonical_json(evidence or {})),
            proposed_by=by,
            proposed_at=runtime.clock.now(),
        )
        record_parameter_step(runtime=runtime, parameter_set=proposal, step="proposed", by=by, reason=proposal.reason)
    return proposal


def active_set(account: Account, strategy: str) -> ParameterSet:
    """The active set of a strategy. Raises NotFound when there is none."""
    found = ParameterSet.objects.filter(account=account, strategy=strategy, status=ParameterSet.Status.ACTIVE).first()
    if found is None:
        raise NotFound(f"strategy {strategy!r} of account {account.name!r} has no active parameter set")
    return found


def changed_values(origin: ParameterSet, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The checked values of `origin` with `changes`. Raises BadInput (see `propose_parameters`)."""
    values = stored_parameters(StrategyParameters.from_dict({**origin.values, **changes}))
    if values == stored_parameters(origin.parameters()):
        raise BadInput("the proposal changes nothing")
    return values


def record_parameter_step(*, runtime: Runtime, parameter_set: ParameterSet, step: str, by: str, reason: str) -> None:
    """The audit line and the event of one step in a set's life."""
    body = {
        "account_id": parameter_set.account_id,
        "strategy": parameter_set.strategy,
        "parent_id": parameter_set.parent_id,
        "values": parameter_set.values,
        "evidence": parameter_set.evidence,
        "by": by,
        "reason": reason,
    }
    append_audit(runtime=runtime, entries=[AuditEntry(f"parameters_{step}", parameter_set.id, body)])
    record_event(
        runtime=runtime,
        account_id=parameter_set.account_id,
        topic="parameters",
        payload={"id": parameter_set.id, "strategy": parameter_set.strategy, "step": step, "by": by},
    )
