"""`/api/v1/control/…`: start, stop, halt, resume. The toggle and the red button are the ones of the short paths."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from autotrader.lib.runtime import system_runtime
from dashboard.access.roles import Act
from dashboard.api.autonomous_serializers import LONGEST_REASON, ControlStateSerializer, NeededReasonSerializer
from dashboard.api.autonomous_views import ACCOUNT, AccountView, checked, control_answer
from dashboard.api.fields import StrictSerializer, StrictText
from dashboard.api.permissions import person
from trading.domain.trading_state import TradingState
from trading.services.set_trading_state import set_trading_state


class TradingStateSerializer(StrictSerializer):
    """ACTIVE: all orders. REDUCING: only orders that make positions smaller. HALTED: cancels only."""

    state = serializers.ChoiceField(choices=[state.value for state in TradingState])
    reason = StrictText(max_length=LONGEST_REASON)


class TradingStateView(AccountView):
    """The kill switch in all its positions."""

    acts = {"POST": Act.SET_TRADING_STATE}

    @extend_schema(
        parameters=[ACCOUNT], request=TradingStateSerializer, responses=ControlStateSerializer, tags=["control"]
    )
    def post(self, request: Request) -> Response:
        account = self.account(request)
        body = checked(TradingStateSerializer, request)
        control = set_trading_state(
            runtime=system_runtime(), account=account, state=body["state"], reason=body["reason"], by=person(request)
        )
        return control_answer(account, control)


class ResumeView(AccountView):
    """Allow orders again after a halt. The loop stays as it is; start it with the toggle."""

    acts = {"POST": Act.SET_TRADING_STATE}

    @extend_schema(
        parameters=[ACCOUNT], request=NeededReasonSerializer, responses=ControlStateSerializer, tags=["control"]
    )
    def post(self, request: Request) -> Response:
        account = self.account(request)
        reason = checked(NeededReasonSerializer, request)["reason"]
        control = set_trading_state(
            runtime=system_runtime(), account=account, state=TradingState.ACTIVE, reason=reason, by=person(request)
        )
        return control_answer(account, control)
