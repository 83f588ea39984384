"""A new person with a role and a random password, which is shown once and kept nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from autotrader.lib.errors import BadInput, Conflict
from dashboard.access.ensure_roles import ensure_roles
from dashboard.access.passwords import random_password
from dashboard.access.roles import Role

MAX_NAME_LENGTH = 150
ADMIN_SITE_ROLES = frozenset({Role.OPERATOR, Role.ADMIN})


@dataclass(frozen=True)
class Credentials:
    """What is told to the person once. `repr` leaves the password out, so that no log gets it."""

    name: str
    roles: tuple[Role, ...]
    password: str

    def __repr__(self) -> str:
        return f"Credentials(name={self.name!r}, roles={[role.value for role in self.roles]})"


@transaction.atomic
def create_operator(*, name: str, roles: Sequence[Role]) -> Credentials:
    """Make the person. Operators and admins may open the admin site.

    Raises BadInput for a name that cannot be one, Conflict when it is taken.
    """
    _require_name(name)
    if User.objects.filter(username__iexact=name).exists():
        raise _taken(name)
    groups = ensure_roles()
    password = random_password()
    person = _insert(name, password, is_staff=not ADMIN_SITE_ROLES.isdisjoint(roles))
    person.groups.set([groups[role] for role in roles])
    return Credentials(name=name, roles=tuple(roles), password=password)


def _insert(name: str, password: str, *, is_staff: bool) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(username=name, password=password, is_staff=is_staff)
    except IntegrityError as error:  # somebody made the same name between the look and the write
        raise _taken(name) from error


def _taken(name: str) -> Conflict:
    return Conflict(f"there is already a user named {name!r}", code="user_exists")


def _require_name(name: str) -> None:
    try:
        UnicodeUsernameValidator()(name)
    except ValidationError as error:
        raise BadInput(f"{name!r} cannot be a user name: accepted are letters, digits and @ . + - _") from error
    if len(name) > MAX_NAME_LENGTH:
        raise BadInput(f"a user name has at most {MAX_NAME_LENGTH} characters")
