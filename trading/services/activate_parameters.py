"""Make a proposed parameter set the active one of its strategy; the one before it retires in the same transaction."""

from django.db import transaction

from autotrader.lib.errors import Conflict, NotFound
from autotrader.lib.runtime import Runtime
from trading.models import ParameterSet
from trading.services.propose_parameters import record_parameter_step


def activate_parameters(*, runtime: Runtime, parameter_set_id: str, by: str, reason: str = "") -> ParameterSet:
    """The now active set. Its values are checked against today's bounds again.

    Raises NotFound for an unknown id, Conflict for a set that is not a proposal, BadInput for a set out of bounds.
    """
    with transaction.atomic():
        proposal = locked_set(parameter_set_id)
        if proposal.status != ParameterSet.Status.PROPOSED:
            raise Conflict(f"parameter set {proposal.id} is {proposal.status}: only a proposed one can be activated")
        proposal.parameters()
        put_in_force(runtime=runtime, parameter_set=proposal, by=by)
        record_parameter_step(
            runtime=runtime, parameter_set=proposal, step="activated", by=by, reason=reason or proposal.reason
        )
    return proposal


def locked_set(parameter_set_id: str) -> ParameterSet:
    """The set, with all sets of its strategy locked in one order. Raises NotFound for an unknown id."""
    named = ParameterSet.objects.filter(pk=parameter_set_id).first()
    if named is None:
        raise NotFound(f"there is no parameter set {parameter_set_id!r}")
    family = ParameterSet.objects.select_for_update().filter(account=named.account_id, strategy=named.strategy)
    return next(item for item in family.order_by("id") if item.pk == named.pk)


def put_in_force(*, runtime: Runtime, parameter_set: ParameterSet, by: str) -> None:
    """Retire the active set of the strategy and make `parameter_set` the active one, in the caller's transaction."""
    ParameterSet.objects.filter(
        account=parameter_set.account_id, strategy=parameter_set.strategy, status=ParameterSet.Status.ACTIVE
    ).update(status=ParameterSet.Status.RETIRED)
    parameter_set.status = ParameterSet.Status.ACTIVE
    parameter_set.activated_by = by
    parameter_set.activated_at = runtime.clock.now()
    parameter_set.save(update_fields=["status", "activated_by", "activated_at"])
