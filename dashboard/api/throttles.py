"""How often one person may ask: reads 300, writes 30 a minute. The emergency stop has no throttle at all."""

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle

from dashboard.api.permissions import READING

if TYPE_CHECKING:
    from rest_framework.views import APIView  # at run time this would be a circle: views load the throttles


class ReadThrottle(UserRateThrottle):
    """Counts reads by person (by address before login)."""

    scope = "read"

    def allow_request(self, request: Request, view: "APIView") -> bool:
        return request.method not in READING or super().allow_request(request, view)


class WriteThrottle(UserRateThrottle):
    """Counts everything that is no read."""

    scope = "write"

    def allow_request(self, request: Request, view: "APIView") -> bool:
        return request.method in READING or super().allow_request(request, view)
