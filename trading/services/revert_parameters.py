"""Go back to any earlier parameter set in one action.

History is never edited: the earlier set stays retired, and a new child with its values becomes active.
"""

from django.db import transaction

from autotrader.lib.errors import Conflict
from autotrader.lib.runtime import Runtime
from trading.models import ParameterSet
from trading.services.activate_parameters import locked_set, put_in_force
from trading.services.propose_parameters import active_set, record_parameter_step


def revert_parameters(*, runtime: Runtime, parameter_set_id: str, by: str, reason: str = "") -> ParameterSet:
    """The new active set, a copy of the retired set `parameter_set_id`, child of the one it replaces.

    Raises NotFound for an unknown id, Conflict for a set that was never active or still is, BadInput when its
    values are outside today's bounds.
    """
    with transaction.atomic():
        target = locked_set(parameter_set_id)
        if target.status != ParameterSet.Status.RETIRED:
            raise Conflict(f"parameter set {target.id} is {target.status}: only a retired one can be gone back to")
        target.parameters()
        now = runtime.clock.now()
        copy = ParameterSet.objects.create(
            id=runtime.ids.ulid(),
            account_id=target.account_id,
            strategy=target.strategy,
            parent=active_set(target.account, target.strategy),
            values=target.values,
            status=ParameterSet.Status.PROPOSED,
            reason=reason.strip() or f"Back to {target.id}",
            evidence={"reverted_to": target.id},
            proposed_by=by,
            proposed_at=now,
        )
        put_in_force(runtime=runtime, parameter_set=copy, by=by)
        record_parameter_step(runtime=runtime, parameter_set=copy, step="reverted", by=by, reason=copy.reason)
    return copy
