"""The last net under the API: whatever goes wrong outside a REST view still leaves as a problem, never as HTML.

Stands outermost, so that it also sees what Django answers itself: a bad host name, a debug page, a broken request.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from dashboard.api.problem import problem_page

FIRST_ERROR = 400
DETAILS = {
    400: ("This request cannot be read.", "bad_request"),
    403: ("You may not do this.", "permission_denied"),
    404: ("There is nothing at this address. See /api/docs/ for what there is.", "not_found"),
    405: ("This method is not accepted here.", "method_not_allowed"),
    413: ("This request is too large.", "too_large"),
}
INSIDE = ("Something went wrong inside the platform; it is in the log.", "internal_error")


class ApiProblemMiddleware:
    """Turns an HTML or text error under /api/ into a problem, and keeps API answers out of caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if not request.path.startswith(settings.API_PREFIX):
            return response
        if response.status_code >= FIRST_ERROR and "json" not in response.get("Content-Type", ""):
            detail, code = DETAILS.get(response.status_code, INSIDE)
            return problem_page(response.status_code, detail, code=code)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response
