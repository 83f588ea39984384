"""The groups of the four roles, made where they are missing. Called at every start; a second call changes nothing."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

from dashboard.access.roles import Role

_READ_APPS = ("trading", "ai", "health", "evaluation", "dashboard")

ADMIN_SITE_RIGHTS: dict[Role, Q] = {
    Role.OPERATOR: Q(content_type__app_label__in=_READ_APPS, codename__startswith="view_")
    | Q(content_type__app_label="trading", codename="decide_parameterset"),
    Role.ADMIN: Q(content_type__app_label__in=_READ_APPS, codename__startswith="view_")
    | Q(content_type__app_label="auth", content_type__model="user")
    | Q(content_type__app_label="auth", codename="view_group")
    | Q(content_type__app_label="axes", codename__startswith="view_")
    | Q(content_type__app_label="dashboard", codename="delete_apitoken"),
}


@transaction.atomic
def ensure_roles() -> dict[Role, Group]:
    """The groups by role. What the admin site lets a role see is set anew, so an upgrade reaches old installations."""
    groups = {role: Group.objects.get_or_create(name=role.value)[0] for role in Role}
    for role, wanted in ADMIN_SITE_RIGHTS.items():
        groups[role].permissions.set(Permission.objects.filter(wanted))
    return groups
