"""`/api/v1/approvals/`: plans that wait for a person's yes or no (manual mode, M06)."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from autotrader.lib.runtime import system_runtime
from dashboard.access.roles import Act
from dashboard.api.autonomous_serializers import ReasonSerializer
from dashboard.api.autonomous_views import checked
from dashboard.api.permissions import person
from dashboard.api.rows import ULID, AccountRowViewSet, SymbolFilter
from dashboard.api.v1.intents import IntentSerializer
from trading.models import Intent
from trading.services.approve_intent import approve_intent
from trading.services.reject_intent import reject_intent


class ApprovalFilter(SymbolFilter):
    """By symbol."""


class ApprovalViewSet(AccountRowViewSet):
    """Waiting plans, the oldest first, since it expires first."""

    queryset = Intent.objects.filter(state=Intent.State.AWAITING_APPROVAL).select_related("instrument")
    serializer_class = IntentSerializer
    filterset_class = ApprovalFilter
    ordering = ("id",)
    lookup_value_regex = ULID
    acts = {"approve": Act.APPROVE_INTENTS, "reject": Act.APPROVE_INTENTS}

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(expires_at__gt=system_runtime().clock.now())

    @extend_schema(request=ReasonSerializer, responses=IntentSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        """Let it go: once, in time, and exactly as the risk rules approved it."""
        return self._decide(request, pk, approve_intent)

    @extend_schema(request=ReasonSerializer, responses=IntentSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str) -> Response:
        """Say no: nothing is sent."""
        return self._decide(request, pk, reject_intent)

    def _decide(self, request: Request, pk: str, service: Callable[..., Intent]) -> Response:
        reason = checked(ReasonSerializer, request)["reason"]
        intent = service(runtime=system_runtime(), intent_id=pk, by=person(request), reason=reason)
        return Response(IntentSerializer(intent).data)
