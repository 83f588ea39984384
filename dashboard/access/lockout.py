"""What somebody sees after five failed logins: the name is locked for this address for a while."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from dashboard.access.login_rate import too_many_logins


def locked_out(
    request: HttpRequest, original_response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """The answer of django-axes (AXES_LOCKOUT_CALLABLE). It does not tell whether the name exists."""
    return too_many_logins(int(settings.AXES_COOLOFF_TIME.total_seconds()))
