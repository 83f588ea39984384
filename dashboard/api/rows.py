"""What all lists of `/api/v1/` share: one account, strict filters, cursor pages, a fixed ordering."""

from typing import Any

import django_filters
from django.db.models import Model, QuerySet
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.viewsets import GenericViewSet

from autotrader.lib.errors import BadInput
from dashboard.api.account_choice import chosen_account
from trading.models import Account, InstrumentRow

ULID = "[0-9A-HJKMNP-TV-Z]{26}"
NUMBER = "[0-9]{1,18}"
SYMBOL = r"[A-Za-z0-9.\-]{1,40}"


class RowViewSet(ListModelMixin, GenericViewSet[Any]):
    """Rows for reading. `ordering` is unique, so that a page never repeats or leaves out a row."""

    ordering: tuple[str, ...] = ("-id",)
    filterset_class: type[django_filters.FilterSet] | None = None


class AccountRowViewSet(RowViewSet):
    """A list that belongs to one account; a single row is found by its id whatever its account."""

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False) or self.lookup_url_kwarg_name in self.kwargs:
            return rows
        return rows.filter(account=self.account)

    @property
    def lookup_url_kwarg_name(self) -> str:
        return self.lookup_url_kwarg or self.lookup_field

    @property
    def account(self) -> Account:
        """The account of this request, looked up once."""
        if not hasattr(self, "_account"):
            self._account = chosen_account(self.request)
        return self._account


class AccountRowDetailViewSet(RetrieveModelMixin, AccountRowViewSet):
    """The same with single rows."""

    lookup_value_regex = ULID


class AccountFilter(django_filters.FilterSet):
    """`account`, which the view has applied already; here so that it is documented."""

    account = django_filters.CharFilter(method="leave", label="Name of the account; the first one when left out.")

    def leave(self, rows: QuerySet[Model], name: str, value: str) -> QuerySet[Model]:
        return rows


class SymbolFilter(AccountFilter):
    """`symbol` of an instrument the platform knows; an unknown one is an error, not an empty list."""

    symbol = django_filters.CharFilter(method="by_symbol", label="Symbol of an instrument, such as BTCUSDT.")

    def by_symbol(self, rows: QuerySet[Model], name: str, value: str) -> QuerySet[Model]:
        return rows.filter(instrument__in=known_instruments(value))


def known_instruments(symbol: str) -> list[InstrumentRow]:
    """The instruments of all venues with this symbol. Raises BadInput when there is none."""
    found = [] if "\x00" in symbol else list(InstrumentRow.objects.filter(symbol=symbol.upper()))
    if not found:
        raise BadInput(f"{symbol!r} is not a known symbol; see /api/v1/instruments/", code="unknown_symbol")
    return found
