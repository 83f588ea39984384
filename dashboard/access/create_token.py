"""A token for a script, shown once: `Authorization: Token …`."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from autotrader.lib.errors import BadInput, Conflict, NotFound
from dashboard.models import ApiToken

DEFAULT_DAYS = 90
MAX_DAYS = 366
MAX_NAME_LENGTH = 64


def create_token(
    *, user_name: str, name: str, days: int = DEFAULT_DAYS, scope: ApiToken.Scope = ApiToken.Scope.FULL
) -> tuple[ApiToken, str]:
    """The stored token and its text, which cannot be had again.

    Raises NotFound for an unknown or disabled user, BadInput for the days or the name, Conflict for a taken name.
    """
    if not 1 <= days <= MAX_DAYS:
        raise BadInput(f"days is {days}; accepted is 1 to {MAX_DAYS}")
    if not name.strip() or len(name) > MAX_NAME_LENGTH:
        raise BadInput(f"a token needs a name of 1 to {MAX_NAME_LENGTH} characters that says what it is for")
    user = get_user_model().objects.filter(username=user_name, is_active=True).first()
    if user is None:
        raise NotFound(f"there is no active user named {user_name!r}")
    try:
        with transaction.atomic():
            token, text = ApiToken.objects.create(user=user, expiry=timedelta(days=days), name=name, scope=scope)
    except IntegrityError as error:
        raise Conflict(f"{user_name} has a token named {name!r} already") from error
    return token, text
