"""Two addresses for whoever keeps the process alive. No login, and nothing in the answer but a word."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from health.checks.database import check_database
from health.domain.check_result import Level


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. Touches nothing else, so a slow database does not get it restarted."""
    return JsonResponse({"status": Level.OK.value})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether requests may be sent here: 200, or 503 while the database does not answer."""
    level = check_database().level
    return JsonResponse({"status": level.value}, status=200 if level is Level.OK else 503)
