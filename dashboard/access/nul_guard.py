"""Refuses addresses of pages with a NUL character: no name has one, and PostgreSQL fails on it deep inside a query.

The API is left out: it says more exactly which part of the request is not accepted.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase

NUL = "\x00"
ENCODED_NUL = "%00"


class NulGuardMiddleware:
    """400 for a NUL in the path or the query, encoded or not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(settings.API_PREFIX):
            return self._get_response(request)
        query = request.META.get("QUERY_STRING", "")
        if NUL in request.path or NUL in query or ENCODED_NUL in query:
            return HttpResponseBadRequest("This address cannot be read.", content_type="text/plain")
        return self._get_response(request)
