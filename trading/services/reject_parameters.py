"""Say no to a proposed parameter set. It stays in the history with who and why."""

from django.db import transaction

from autotrader.lib.errors import Conflict
from autotrader.lib.runtime import Runtime
from trading.models import ParameterSet
from trading.services.activate_parameters import locked_set
from trading.services.propose_parameters import record_parameter_step


def reject_parameters(*, runtime: Runtime, parameter_set_id: str, by: str, reason: str = "") -> ParameterSet:
    """The rejected set. Raises NotFound for an unknown id, Conflict for a set that is not a proposal."""
    with transaction.atomic():
        proposal = locked_set(parameter_set_id)
        if proposal.status != ParameterSet.Status.PROPOSED:
            raise Conflict(f"parameter set {proposal.id} is {proposal.status}: only a proposed one can be rejected")
        proposal.status = ParameterSet.Status.REJECTED
        proposal.save(update_fields=["status"])
        record_parameter_step(runtime=runtime, parameter_set=proposal, step="rejected", by=by, reason=reason)
    return proposal
