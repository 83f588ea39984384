"""`/api/v1/exports/trades.csv`, `daily.csv`, `decisions.csv`: history for a spreadsheet (M19), streamed."""

import django_filters
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from autotrader.lib.errors import NotFound
from dashboard.api.account_choice import chosen_account
from dashboard.api.autonomous_views import ACCOUNT, AccountView
from dashboard.api.filters import require_known_query
from evaluation.selectors.exports import EXPORTS, Period, export_lines
from trading.models import Trade


class PeriodFilter(django_filters.FilterSet):
    """Reads `start` and `end`."""

    start = django_filters.IsoDateTimeFilter(field_name="closed_at")
    end = django_filters.IsoDateTimeFilter(field_name="closed_at")


PERIOD = [
    OpenApiParameter("start", OpenApiTypes.DATETIME, description="From here, included."),
    OpenApiParameter("end", OpenApiTypes.DATETIME, description="To here, left out."),
    OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=list(EXPORTS)),
]


class CsvExport(AccountView):
    """A download of one kind of history of an account."""

    @extend_schema(parameters=[ACCOUNT, *PERIOD], responses={(200, "text/csv"): OpenApiTypes.STR}, tags=["exports"])
    def get(self, request: Request, kind: str) -> HttpResponseBase:
        require_known_query(request, frozenset({"account", "start", "end"}))
        if kind not in EXPORTS:
            raise NotFound(f"{kind}.csv cannot be downloaded; there are {', '.join(f'{name}.csv' for name in EXPORTS)}")
        account = chosen_account(request)
        lines = export_lines(kind, account=account, period=_period(request))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{kind}-{account.pk}.csv"'
        return response


def _period(request: Request) -> Period:
    form = PeriodFilter(request.query_params, queryset=Trade.objects.none()).form
    if not form.is_valid():
        raise ValidationError({name: list(texts) for name, texts in form.errors.items()})
    return Period(start=form.cleaned_data["start"], end=form.cleaned_data["end"])
