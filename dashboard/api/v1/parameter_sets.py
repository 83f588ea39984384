"""`/api/v1/parameter-sets/`: every set with parent, reason and evidence; operators activate, reject, go back."""

from collections.abc import Callable

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from autotrader.lib.runtime import system_runtime
from dashboard.access.roles import Act
from dashboard.api.autonomous_serializers import NeededReasonSerializer
from dashboard.api.autonomous_views import checked
from dashboard.api.fields import RowSerializer
from dashboard.api.permissions import person
from dashboard.api.rows import AccountFilter, AccountRowDetailViewSet
from trading.models import ParameterSet
from trading.services.activate_parameters import activate_parameters
from trading.services.reject_parameters import reject_parameters
from trading.services.revert_parameters import revert_parameters


class ParameterSetSerializer(RowSerializer):
    """One set; it is never edited."""

    class Meta:
        model = ParameterSet
        exclude = ["account"]


class ParameterSetFilter(AccountFilter):
    """By strategy and status."""

    strategy = django_filters.CharFilter()
    status = django_filters.ChoiceFilter(choices=ParameterSet.Status.choices)


class ParameterSetViewSet(AccountRowDetailViewSet):
    """Parameter sets, newest first."""

    queryset = ParameterSet.objects.all()
    serializer_class = ParameterSetSerializer
    filterset_class = ParameterSetFilter
    acts = {
        "activate": Act.ACTIVATE_PARAMETERS,
        "reject": Act.ACTIVATE_PARAMETERS,
        "revert": Act.ACTIVATE_PARAMETERS,
    }

    @extend_schema(request=NeededReasonSerializer, responses=ParameterSetSerializer)
    @action(detail=True, methods=["post"])
    def activate(self, request: Request, pk: str) -> Response:
        """Make a proposed set the active one."""
        return self._decide(request, pk, activate_parameters)

    @extend_schema(request=NeededReasonSerializer, responses=ParameterSetSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str) -> Response:
        """Say no to a proposed set."""
        return self._decide(request, pk, reject_parameters)

    @extend_schema(request=NeededReasonSerializer, responses=ParameterSetSerializer)
    @action(detail=True, methods=["post"])
    def revert(self, request: Request, pk: str) -> Response:
        """Go back to a retired set: a new set with its values becomes active."""
        return self._decide(request, pk, revert_parameters)

    def _decide(self, request: Request, pk: str, service: Callable[..., ParameterSet]) -> Response:
        reason = checked(NeededReasonSerializer, request)["reason"]
        decided = service(runtime=system_runtime(), parameter_set_id=pk, by=person(request), reason=reason)
        return Response(ParameterSetSerializer(decided).data)
