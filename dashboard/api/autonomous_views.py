"""The short paths of M36, for scripts and people who want one number quickly. Versioned detail is under `/api/v1/`."""

from typing import Any

from django.conf import settings
from django.db import transaction
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ai.selectors.history import recent_decisions
from ai.selectors.status import loop_status
from autotrader.lib.runtime import system_runtime
from dashboard.access.roles import Act
from dashboard.api.account_choice import chosen_account
from dashboard.api.autonomous_serializers import (
    ControlStateSerializer,
    HistorySerializer,
    LiveStatsSerializer,
    PerformanceChartSerializer,
    ReasonSerializer,
    ServicesSerializer,
    StatusSerializer,
    ToggleSerializer,
)
from dashboard.api.filters import require_known_query
from dashboard.api.permissions import loop_act, person, require
from dashboard.selectors import autonomous
from health.services.run_checks import run_checks
from trading.models import Account, AccountControl
from trading.selectors.trading_state import effective_state
from trading.services.emergency_stop import emergency_stop
from trading.services.set_loop_enabled import set_loop_enabled

ACCOUNT = OpenApiParameter("account", str, description="Name of the account; the first one when left out.")


class AccountView(APIView):
    """A view about one account; it knows `?account=` and no other query parameter."""

    def account(self, request: Request) -> Account:
        require_known_query(request, frozenset({"account"}))
        return chosen_account(request)


class AutonomousStatus(AccountView):
    """Is it running, in which mode, and what has it done?"""

    @extend_schema(parameters=[ACCOUNT], responses=StatusSerializer, tags=["autonomous"])
    def get(self, request: Request) -> Response:
        account = self.account(request)
        interval = settings.AUTOTRADER.check_interval_seconds
        status = loop_status(account, system_runtime().clock.now(), interval)
        return Response(StatusSerializer(status).data)


class AutonomousHistory(AccountView):
    """The last 20 decisions with what was seen and why."""

    @extend_schema(parameters=[ACCOUNT], responses=HistorySerializer, tags=["autonomous"])
    def get(self, request: Request) -> Response:
        return Response(HistorySerializer({"history": recent_decisions(self.account(request))}).data)


class BackupServicesStatus(AccountView):
    """Who decides, and how well each link of the chain works."""

    @extend_schema(parameters=[ACCOUNT], responses=ServicesSerializer, tags=["autonomous"])
    def get(self, request: Request) -> Response:
        services = autonomous.service_statuses(self.account(request), system_runtime().clock.now())
        return Response(ServicesSerializer({"services": services}).data)


class AutonomousToggle(AccountView):
    """Start or stop the loop."""

    acts = {"POST": Act.SWITCH_PAPER_LOOP}

    @extend_schema(
        parameters=[ACCOUNT], request=ToggleSerializer, responses=ControlStateSerializer, tags=["autonomous"]
    )
    def post(self, request: Request) -> Response:
        account = self.account(request)
        require(request, loop_act(account))
        body = checked(ToggleSerializer, request)
        return control_answer(account, _switch(account, body.get("enabled"), by=person(request)))


class EmergencyStop(AccountView):
    """The red button: halts the account and stops the loop. Whoever is logged in may press it, as often as needed."""

    acts = {"POST": Act.EMERGENCY_STOP}
    throttle_classes = []

    @extend_schema(
        parameters=[ACCOUNT], request=ReasonSerializer, responses=ControlStateSerializer, tags=["autonomous"]
    )
    def post(self, request: Request) -> Response:
        account, reason = chosen_account(request), reason_if_any(request)
        control = emergency_stop(runtime=system_runtime(), account=account, reason=reason, by=person(request))
        return control_answer(account, control)


class LiveStats(AccountView):
    """Today in a few numbers, and whether the platform is well."""

    @extend_schema(parameters=[ACCOUNT], responses=LiveStatsSerializer, tags=["autonomous"])
    def get(self, request: Request) -> Response:
        account, runtime = self.account(request), system_runtime()
        stats = autonomous.live_stats(account, runtime.clock.now())
        health = run_checks(runtime=runtime, account=account)
        return Response(LiveStatsSerializer({"stats": stats, "health": health}).data)


class PerformanceChart(AccountView):
    """Equity and results of the last 30 days."""

    @extend_schema(parameters=[ACCOUNT], responses=PerformanceChartSerializer, tags=["autonomous"])
    def get(self, request: Request) -> Response:
        account = self.account(request)
        days = autonomous.performance_days(account, system_runtime().clock.now())
        chart = {
            "account": account.name,
            "quote_asset": account.quote_asset,
            "market_label": account.market_label,
            "change_fraction": autonomous.growth(days),
            "days": days,
        }
        return Response(PerformanceChartSerializer(chart).data)


def checked(serializer_class: Any, request: Request) -> dict[str, Any]:
    """The body as checked values. Raises ValidationError, which the exception handler shapes."""
    serializer = serializer_class(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def control_answer(account: Account, control: AccountControl) -> Response:
    """The switches as they are now. The HALT file or the environment may be stricter than the account's own state."""
    values = {
        "account": account.name,
        "enabled": control.is_enabled,
        "trading_state": control.trading_state,
        "effective_trading_state": effective_state(account.pk).value,
        "reason": control.state_reason,
        "changed_by": control.changed_by,
        "changed_at": control.changed_at,
    }
    return Response(ControlStateSerializer(values).data)


def reason_if_any(request: Request) -> str:
    """The reason in the body if it can be read at all: a broken body must not keep the red button from working."""
    try:
        body = request.data
    except APIException:
        return ""
    reason = body.get("reason", "") if isinstance(body, dict) else ""
    return reason.replace("\x00", "") if isinstance(reason, str) else ""


@transaction.atomic
def _switch(account: Account, wanted: bool | None, *, by: str) -> AccountControl:
    """Set the switch, or turn it over under a lock, so that two clicks at once are two turns."""
    control = AccountControl.objects.select_for_update().filter(pk=account.pk).first()
    is_enabled = wanted if wanted is not None else control is None or not control.is_enabled
    return set_loop_enabled(runtime=system_runtime(), account=account, is_enabled=is_enabled, by=by)
