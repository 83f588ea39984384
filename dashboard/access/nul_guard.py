"""Refuses addresses with a NUL character: no name here has one, and PostgreSQL fails on it deep inside a query."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase

NUL = "\x00"
ENCODED_NUL = "%00"


class NulGuardMiddleware:
    """400 for a NUL in the path or the query, encoded or not; under /api/ it leaves as a problem."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        query = request.META.get("QUERY_STRING", "")
        if NUL in request.path or NUL in query or ENCODED_NUL in query:
            return HttpResponseBadRequest("This address cannot be read.", content_type="text/plain")
        return self._get_response(request)
