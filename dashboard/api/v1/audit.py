"""`/api/v1/audit/`: the hash-chained trail, for reading; `manage.py verify_audit` checks the chain."""

import django_filters

from dashboard.api.fields import RowSerializer
from dashboard.api.rows import RowViewSet
from trading.models import AuditLine


class AuditSerializer(RowSerializer):
    """One line: `body` is the text that was hashed, byte for byte."""

    class Meta:
        model = AuditLine
        fields = ["seq", "kind", "subject_id", "body", "hash"]


class AuditFilter(django_filters.FilterSet):
    """By kind and subject, and everything after a number."""

    kind = django_filters.CharFilter()
    subject_id = django_filters.CharFilter()
    after_seq = django_filters.NumberFilter(field_name="seq", lookup_expr="gt")


class AuditViewSet(RowViewSet):
    """Lines in the order of the chain."""

    queryset = AuditLine.objects.all()
    serializer_class = AuditSerializer
    filterset_class = AuditFilter
    ordering = ("seq",)
