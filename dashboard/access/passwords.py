"""Passwords nobody can guess: 120 random bits, which the id source of a replay must never make."""

import secrets

PASSWORD_BYTES = 15


def random_password() -> str:
    """A new password of 20 characters."""
    return secrets.token_urlsafe(PASSWORD_BYTES)
