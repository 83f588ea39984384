"""The OpenAPI document and its page, served from this machine so that they work offline, after login only."""

from typing import Any, NoReturn

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.views import APIView

from dashboard.api.problem import CONTENT_TYPE

# Swagger UI writes style attributes; its script stays under 'self' like everything else's.
DOCS_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "object-src": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}


class SchemaView(SpectacularJSONAPIView):
    """The document as JSON."""


@method_decorator(login_required, name="dispatch")
@method_decorator(csp_replace(DOCS_POLICY), name="dispatch")
class DocsPage(SpectacularSwaggerSplitView):
    """Swagger UI from the installed package."""

    url_name = "api-schema"
    http_method_names = ["get", "head"]

    def handle_exception(self, exc: Exception) -> JsonResponse:  # type: ignore[override]
        """An error here is JSON, too, though the page is HTML."""
        answer = super().handle_exception(exc)
        return JsonResponse(answer.data, status=answer.status_code, content_type=CONTENT_TYPE)


class NothingHere(APIView):
    """Every other address under /api/, whatever the method: a problem, and only for people who are logged in."""

    schema = None

    def http_method_not_allowed(self, request: Any, *args: Any, **options: Any) -> NoReturn:
        raise NotFound("There is nothing at this address. See /api/docs/ for what there is.")
