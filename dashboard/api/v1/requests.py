"""What a person may ask the engine for: an analysis that places nothing (M05), and a trade through all the rules."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ai.engine import Engine
from ai.models import DecisionRow
from ai.services.run_on_request import TradeRequest, analyse_instrument, request_trade
from autotrader.lib.errors import BadInput
from dashboard.api.account_choice import chosen_account
from dashboard.api.fields import DecimalText, StrictSerializer, StrictText
from dashboard.api.filters import require_known_query
from dashboard.api.permissions import person
from dashboard.api.v1.decision_serializers import DecisionDetailSerializer
from trading.domain.order import Side
from trading.domain.trading_state import Environment
from trading.models import Account

LONGEST_SYMBOL = 40


class AnalyseSerializer(StrictSerializer):
    """Which instrument to look at."""

    symbol = StrictText(max_length=LONGEST_SYMBOL)


class TradeRequestSerializer(StrictSerializer):
    """What to trade: `quantity` in base units, above zero, on the lot grid of the instrument."""

    symbol = StrictText(max_length=LONGEST_SYMBOL)
    side = serializers.ChoiceField(choices=[side.value for side in Side])
    quantity = DecimalText(is_positive=True)


class NothingSerializer(StrictSerializer):
    """An empty body."""


def analyse(request: Request, body: dict[str, Any]) -> Response:
    """The decision on one instrument as the loop would take it now."""
    row = analyse_instrument(engine=_engine(_account(request)), symbol=body["symbol"])
    return _answer(row)


def trade(request: Request, *, symbol: str, side: Side, quantity: Any) -> Response:
    """Ask for a trade; the answer says what the rules made of it."""
    account = _account(request)
    if account.environment != Environment.PAPER:
        raise BadInput(f"account {account.name} is {account.environment}: only paper accounts take requests for trades")
    asked = TradeRequest(symbol=symbol, side=side, quantity=quantity, by=person(request))
    return _answer(request_trade(engine=_engine(account), request=asked))


def _account(request: Request) -> Account:
    require_known_query(request, frozenset({"account"}))
    return chosen_account(request)


def _engine(account: Account) -> Engine:
    """The engine of this process; put together on the first request, so that the API starts without a market."""
    from ai.bootstrap import shared_engine

    return shared_engine(account.pk)


def _answer(row: DecisionRow) -> Response:
    return Response(DecisionDetailSerializer(row).data, status=201)
