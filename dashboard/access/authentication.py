"""Login by token. A token's scope and its expiry are checked on every request."""

from datetime import timedelta
from typing import Any

from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from autotrader.lib.clock import SystemClock
from dashboard.access.roles import Act
from dashboard.models import ApiToken

USE_IS_NOTED_EVERY = timedelta(minutes=10)

SCOPE_ACTS: dict[str, frozenset[Act]] = {
    ApiToken.Scope.FULL: frozenset(Act),
    ApiToken.Scope.READ: frozenset({Act.READ}),
    ApiToken.Scope.KILL: frozenset({Act.EMERGENCY_STOP}),
}


class ApiTokenAuthentication(TokenAuthentication):
    """Knox's check of the hash, made safe against bytes that are no text, and noting when a token was last used."""

    def authenticate(self, request: Request) -> Any:
        answer = super().authenticate(request)
        if answer is not None:
            _note_use(answer[1])
        return answer

    def authenticate_credentials(self, token: bytes) -> Any:
        if not token.isascii():
            raise AuthenticationFailed("Invalid token.")
        return super().authenticate_credentials(token)


def token_allows(token: object, act: Act) -> bool:
    """Whether the token a request came with covers `act`; a session (no token) covers all."""
    return token is None or (isinstance(token, ApiToken) and act in SCOPE_ACTS[token.scope])


def _note_use(token: ApiToken) -> None:
    now = SystemClock().now()  # the machine's time, as in the expiry: a key does not age faster with the market
    if token.last_used_at is None or now - token.last_used_at > USE_IS_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
