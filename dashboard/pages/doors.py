"""The one way into every page: logged in, allowed, and with an account to look at. Default deny."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.views.decorators.cache import never_cache

from dashboard.access.roles import Act, acts_of
from dashboard.selectors.desk import Desk, find_desk

ACCOUNT_KEY = "account_id"

View = Callable[..., HttpResponse]


class DeskRequest(HttpRequest):
    """A request that has passed the door."""

    user: User
    desk: Desk


def door(act: Act = Act.READ) -> Callable[[View], View]:
    """Open a view to people who may do `act`; it finds the account it is about in `request.desk`."""

    def decorate(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: Any, *arguments: Any, **named: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return _to_login(request)
            acts = acts_of(request.user)
            if act not in acts:
                raise PermissionDenied(f"Your role does not allow this ({act.value.replace('_', ' ')}).")
            desk = find_desk(wanted_id=request.session.get(ACCOUNT_KEY), acts=acts)
            if desk is None:
                return render(request, "dashboard/no_account.html", status=503)
            request.desk = desk
            return view(request, *arguments, **named)

        return guarded

    return decorate


def is_partial(request: HttpRequest) -> bool:
    """Whether a script of ours asks for a part of a page, not a person for a whole one."""
    return request.headers.get("HX-Request") == "true"


def _to_login(request: HttpRequest) -> HttpResponse:
    if is_partial(request):
        return HttpResponse(status=401, headers={"HX-Redirect": resolve_url("login")})
    return redirect_to_login(request.get_full_path())
