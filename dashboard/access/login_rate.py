"""At most five login attempts a minute from one address, right or wrong (security.md 8).

The growing lock of one account is django-axes' work; this slows somebody who tries many accounts.
"""

from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

WINDOW_SECONDS = 60


class LoginRateMiddleware:
    """Counts POSTs to the login pages by the peer's address; proxy headers are not believed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and request.path in settings.LOGIN_PATHS and _is_too_often(request):
            return too_many_logins(WINDOW_SECONDS)
        return self._get_response(request)


def too_many_logins(wait_seconds: int) -> HttpResponse:
    """429 in plain words, with the time to wait."""
    response = HttpResponse(
        f"Too many login attempts. Please wait {wait_seconds // 60} minute(s) and try again.\n",
        status=429,
        content_type="text/plain; charset=utf-8",
    )
    response["Retry-After"] = str(wait_seconds)
    return response


def _is_too_often(request: HttpRequest) -> bool:
    key = f"login-posts:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, timeout=WINDOW_SECONDS)
    try:
        count = cache.incr(key)
    except ValueError:  # the window ended between the two calls
        return False
    return count > settings.LOGIN_POSTS_PER_MINUTE
