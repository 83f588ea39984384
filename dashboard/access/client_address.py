"""Whose address a request comes from, when a proxy stands in front: login limits must count people, not the proxy.

Without a configured proxy the header is not read at all, for anybody can write it (security.md 4.1.3).
"""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class ClientAddressMiddleware:
    """Puts the client's address into REMOTE_ADDR: the entry that the outermost of TRUSTED_PROXY_COUNT proxies wrote."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = forwarded_address(request.META.get("HTTP_X_FORWARDED_FOR", ""), settings.TRUSTED_PROXY_COUNT)
        if address:
            request.META["REMOTE_ADDR"] = address
        return self._get_response(request)


def forwarded_address(header: str, proxies: int) -> str:
    """The address the trusted proxies vouch for; empty when there is no proxy, or the header is not of its form."""
    entries = [entry.strip() for entry in header.split(",") if entry.strip()]
    if proxies < 1 or len(entries) < proxies:
        return ""
    try:
        return str(ip_address(entries[-proxies]))
    except ValueError:
        return ""
