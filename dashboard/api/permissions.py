"""The permission of every API view: its act, named by the view, must be one of the person's acts. Unnamed is denied."""

from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from dashboard.access.authentication import token_allows
from dashboard.access.roles import Act, may
from trading.domain.trading_state import Environment
from trading.models import Account

if TYPE_CHECKING:
    from rest_framework.views import APIView  # at run time this would be a circle: views load the permissions

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class RoleAllows(BasePermission):
    """A view names `acts`: {action or HTTP method: Act}. Reading views need not: reading is `Act.READ`."""

    message = "Your role does not allow this."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        if not hasattr(view, (request.method or "").lower()):
            return True  # nothing to guard: the answer is 405
        act = required_act(request, view)
        return act is not None and allowed(request, act)


def required_act(request: Request, view: "APIView") -> Act | None:
    """The act this request needs; None when the view does not name one, which is denied."""
    acts: dict[str, Act] = getattr(view, "acts", {})
    method = request.method or ""
    named = acts.get(getattr(view, "action", None) or method)
    return named or (Act.READ if method in READING else None)


def allowed(request: Request, act: Act) -> bool:
    """Whether the person, and the token if one was used, cover `act`."""
    return may(request.user, act) and token_allows(request.auth, act)


def require(request: Request, act: Act) -> None:
    """Raises PermissionDenied unless `act` is allowed: for what depends on the thing, not on the address."""
    if not allowed(request, act):
        raise PermissionDenied("Your role does not allow this.")


def loop_act(account: Account) -> Act:
    """Which act starting and stopping the loop of `account` is: with real money it takes an operator."""
    return Act.SWITCH_LIVE_LOOP if account.environment == Environment.LIVE else Act.SWITCH_PAPER_LOOP


def person(request: Request) -> str:
    """How audit lines name who asked."""
    user: Any = request.user
    return str(user.get_username())
