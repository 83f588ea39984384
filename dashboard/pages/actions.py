"""What people do from a page: each a POST, checked by role on the server, answered with the parts it changed."""

from collections.abc import Callable

from django.contrib import messages
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from autotrader.lib.errors import AutotraderError, BadInput
from autotrader.lib.runtime import system_runtime
from dashboard.access.roles import Act
from dashboard.pages.doors import ACCOUNT_KEY, DeskRequest, door, is_partial
from dashboard.pages.fragments import render_fragments
from dashboard.selectors.desk import find_desk
from trading.domain.trading_state import TradingState
from trading.services.approve_intent import approve_intent
from trading.services.emergency_stop import emergency_stop
from trading.services.reject_intent import reject_intent
from trading.services.set_loop_enabled import set_loop_enabled
from trading.services.set_trading_state import set_trading_state

LONGEST_REASON = 300
LOOP_WORDS = {
    True: "The trading loop is running.",
    False: "The trading loop is stopped. Open positions keep their stops.",
}
DEFAULT_STOP_REASON = "Emergency stop from the page"


@require_POST
@door()
def switch_loop(request: DeskRequest) -> HttpResponse:
    """Start (`is_enabled=1`) or stop (`0`) the loop: said outright, so that a doubled click does no harm."""

    def act() -> str:
        wanted = _choice(request, "is_enabled", ("0", "1")) == "1"
        if not request.desk.may_switch:
            raise BadInput("Your role may not start or stop this account.", code="forbidden")
        set_loop_enabled(runtime=system_runtime(), account=request.desk.account, is_enabled=wanted, by=_who(request))
        return LOOP_WORDS[wanted]

    return _answer(request, act)


@require_POST
@door(Act.EMERGENCY_STOP)
def stop_everything(request: DeskRequest) -> HttpResponse:
    """The emergency stop: every role may, and no reason is too long or too short for it."""

    def act() -> str:
        reason = request.POST.get("reason", "").strip()[:LONGEST_REASON] or DEFAULT_STOP_REASON
        try:
            emergency_stop(runtime=system_runtime(), account=request.desk.account, reason=reason, by=_who(request))
        except DatabaseError:  # the service has dropped the HALT file, which stops every account
            return "The database refused, so the HALT file was put in place: every account is stopped."
        return "Emergency stop: trading is halted, entry orders are being cancelled, protective stops stay."

    return _answer(request, act)


@require_POST
@door(Act.SET_TRADING_STATE)
def change_trading_state(request: DeskRequest) -> HttpResponse:
    """ACTIVE, REDUCING or HALTED, with a reason that is kept."""

    def act() -> str:
        state = TradingState(_choice(request, "state", tuple(TradingState)))
        reason = _reason(request)
        if not reason:
            raise BadInput("Please give a reason: it is kept in the audit trail.")
        account = request.desk.account
        set_trading_state(runtime=system_runtime(), account=account, state=state, reason=reason, by=_who(request))
        return f"The trading state is {state.value}."

    return _answer(request, act)


@require_POST
@door(Act.APPROVE_INTENTS)
def approve(request: DeskRequest, intent_id: str) -> HttpResponse:
    def act() -> str:
        _require_own(request, intent_id)
        approve_intent(runtime=system_runtime(), intent_id=intent_id, by=_who(request))
        return "Approved: the order goes out after a last check of all limits."

    return _answer(request, act)


@require_POST
@door(Act.APPROVE_INTENTS)
def reject(request: DeskRequest, intent_id: str) -> HttpResponse:
    def act() -> str:
        _require_own(request, intent_id)
        reject_intent(runtime=system_runtime(), intent_id=intent_id, by=_who(request))
        return "Rejected: nothing is sent."

    return _answer(request, act)


@require_POST
@door()
def choose_account(request: DeskRequest) -> HttpResponse:
    """Look at another account from now on."""
    wanted = request.POST.get("account", "")
    if wanted in {str(account.id) for account in request.desk.accounts}:
        request.session[ACCOUNT_KEY] = int(wanted)
    return redirect(_back(request))


def _answer(request: DeskRequest, act: Callable[[], str]) -> HttpResponse:
    """Do it and say so; an error of ours is told in its own words, and nothing was done then."""
    try:
        words, is_error = act(), False
    except AutotraderError as error:
        words, is_error = error.message, True
    if not is_partial(request):
        messages.add_message(request, messages.ERROR if is_error else messages.SUCCESS, words)
        return redirect(_back(request))
    request.desk = find_desk(wanted_id=request.desk.account.id, acts=request.desk.acts) or request.desk
    toast = render_to_string("dashboard/fragments/toast.html", {"words": words, "is_error": is_error})
    parts = render_fragments(request, ("status", *_parts_shown(request)))
    return HttpResponse("\n".join([*parts.values(), toast]))


def _parts_shown(request: DeskRequest) -> tuple[str, ...]:
    """Besides the status only what the page told us it shows."""
    return ("approvals",) if request.headers.get("X-Parts") == "approvals" else ()


def _require_own(request: DeskRequest, intent_id: str) -> None:
    """An intent of another account is not found, as if it did not exist."""
    if not request.desk.account.intents.filter(id=intent_id).exists():
        raise BadInput("There is no such plan in this account.", code="not_found")


def _choice(request: HttpRequest, name: str, accepted: tuple[str, ...]) -> str:
    value = request.POST.get(name, "")
    if value not in accepted:
        raise BadInput(f"{name}: accepted are {', '.join(accepted)}")
    return value


def _reason(request: HttpRequest) -> str:
    reason = request.POST.get("reason", "").strip()
    if len(reason) > LONGEST_REASON:
        raise BadInput(f"A reason has at most {LONGEST_REASON} characters.")
    return reason


def _who(request: DeskRequest) -> str:
    return request.user.get_username()


def _back(request: HttpRequest) -> str:
    """The page somebody came from, if it is ours."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse("overview")
