"""The very first person of an installation, so that a newcomer can log in without any command but `run`.

There is never a default password: it is random, told once, and a second start makes nobody.
"""

from django.contrib.auth import get_user_model
from django.db import transaction

from autotrader.lib.errors import Conflict
from dashboard.access.create_operator import Credentials, create_operator
from dashboard.access.ensure_roles import ensure_roles
from dashboard.access.roles import Role

FIRST_NAME = "operator"
FIRST_ROLES = (Role.OPERATOR, Role.ADMIN)


def ensure_first_operator(name: str = FIRST_NAME) -> Credentials | None:
    """The credentials of the first person, or None when there is somebody already. Safe when two starts race."""
    try:
        with transaction.atomic():
            ensure_roles()
            if get_user_model().objects.exists():
                return None
            return create_operator(name=name, roles=FIRST_ROLES)
    except Conflict:
        return None
