"""Who may listen to live updates: asked of the stored session, not of what a socket remembers."""

from dataclasses import dataclass

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Listener:
    """A person who is logged in and active."""

    user_id: int


def find_listener(session_key: str | None) -> Listener | None:
    """The person of a session as it is stored now; None after a logout, a new password, or when disabled."""
    if not session_key:
        return None
    request = HttpRequest()
    request.session = SessionStore(session_key)
    user = get_user(request)
    if not user.is_authenticated or not user.is_active or user.pk is None:
        return None
    return Listener(user_id=user.pk)
