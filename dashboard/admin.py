"""The admin site: people and tokens. An admin manages people, but cannot make a superuser of anybody."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.http import HttpRequest

from dashboard.models import ApiToken

if TYPE_CHECKING:
    _PersonAdmin = UserAdmin[User]
    _TokenAdmin = admin.ModelAdmin[ApiToken]
else:
    _PersonAdmin = UserAdmin
    _TokenAdmin = admin.ModelAdmin

ONLY_BY_SUPERUSERS = ("is_superuser", "user_permissions")

admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(_PersonAdmin):
    """People and their roles (groups). Superusers can be changed by superusers only."""

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if _is_superuser(request) else (*fields, *ONLY_BY_SUPERUSERS)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return _may_touch(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return _may_touch(request, obj) and super().has_delete_permission(request, obj)


@admin.register(ApiToken)
class ApiTokenAdmin(_TokenAdmin):
    """Tokens can be seen and taken away; they are made by `manage.py create_token`."""

    list_display = ("name", "user", "scope", "token_key", "created", "expiry", "last_used_at")
    fields = readonly_fields = list_display

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


def _may_touch(request: HttpRequest, person: User | None) -> bool:
    return person is None or not person.is_superuser or _is_superuser(request)
