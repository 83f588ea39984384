"""`/api/v1/accounts/`: the pots of money and the state of their switches."""

from rest_framework.mixins import RetrieveModelMixin

from dashboard.api.fields import RowSerializer
from dashboard.api.rows import NUMBER, RowViewSet
from trading.models import Account, AccountControl


class ControlSerializer(RowSerializer):
    """The switches of an account and who changed them last."""

    class Meta:
        model = AccountControl
        exclude = ["account"]


class AccountSerializer(RowSerializer):
    """An account; `market_label` must be shown wherever its figures are."""

    control = ControlSerializer(read_only=True)

    class Meta:
        model = Account
        fields = [
            "id",
            "name",
            "venue",
            "environment",
            "market_label",
            "quote_asset",
            "starting_cash",
            "created_at",
            "control",
        ]


class AccountViewSet(RetrieveModelMixin, RowViewSet):
    """Accounts, oldest first."""

    queryset = Account.objects.select_related("control")
    serializer_class = AccountSerializer
    ordering = ("id",)
    lookup_value_regex = NUMBER
