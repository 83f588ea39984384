"""Who may listen to live updates: asked of the stored session, not of what a socket remembers."""

from dataclasses import dataclass

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

from dashboard.access.roles import Act, may


@dataclass(frozen=True, slots=True)
class Listener:
    """A person who is logged in and may look."""

    user_id: int


def find_listener(session_key: str | None) -> Listener | None:
    """The person of a session as it is stored now; None after a logout, a new password, when disabled
    or when no role allows to look any more.
    """
    if not session_key:
        return None
    request = HttpRequest()
    request.session = SessionStore(session_key)
    user = get_user(request)
    if user.pk is None or not may(user, Act.READ):
        return None
    return Listener(user_id=user.pk)
