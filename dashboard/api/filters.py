"""Filters that complain: an unknown name in the query is an error, not silently a longer answer."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as django_filters
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

ALWAYS_ACCEPTED = frozenset({"account", "cursor", "page_size"})


class StrictFilterBackend(django_filters.DjangoFilterBackend):
    """django-filter, plus a check that every query parameter is known and stands there once."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> Any:
        require_known_query(request, self._accepted(view, queryset))
        return super().filter_queryset(request, queryset, view)

    def _accepted(self, view: APIView, queryset: QuerySet[Any]) -> frozenset[str]:
        filterset = self.get_filterset_class(view, queryset)
        names = frozenset(filterset.base_filters) if filterset is not None else frozenset()
        return names | ALWAYS_ACCEPTED


def require_known_query(request: Request, accepted: frozenset[str]) -> None:
    """Raises ValidationError that names each unknown or doubled query parameter and what is accepted."""
    query = request.query_params
    words = ", ".join(sorted(accepted)) or "none"
    errors = {name: [f"is not known here; accepted are {words}."] for name in query if name not in accepted}
    errors |= {name: ["may be given once."] for name in query if len(query.getlist(name)) > 1}
    if errors:
        raise ValidationError(errors)
