"""The admin site of the trading floor: the whole history to look at, nothing of it to edit.

The only acts are those on parameter sets, and they go through the same services as everywhere else.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from autotrader.lib.errors import AutotraderError
from autotrader.lib.runtime import system_runtime
from trading.models import (
    Account,
    AccountControl,
    AuditLine,
    Balance,
    FillRow,
    InstrumentRow,
    Intent,
    LedgerEntry,
    LedgerTransaction,
    OrderRow,
    OrderTransition,
    ParameterSet,
    PositionRow,
    QuarantinedFill,
    Trade,
)
from trading.services.activate_parameters import activate_parameters
from trading.services.reject_parameters import reject_parameters
from trading.services.revert_parameters import revert_parameters

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
    _TabularInline = admin.TabularInline[Any, Any]
else:
    _ModelAdmin = admin.ModelAdmin
    _TabularInline = admin.TabularInline

DECIDE_PERMISSION = "trading.decide_parameterset"


class ReadOnly:
    """Nobody adds, changes or deletes here, whatever their rights."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class History(ReadOnly, _ModelAdmin):
    """A table to look at."""

    list_per_page = 50
    show_full_result_count = False


class Lines(ReadOnly, _TabularInline):
    """Rows that belong to a row of history."""

    extra = 0


class TransitionLines(Lines):
    model = OrderTransition


class FillLines(Lines):
    model = FillRow
    fields = ["venue_fill_id", "side", "quantity", "price", "commission", "commission_asset", "ts_event"]


class EntryLines(Lines):
    model = LedgerEntry


@admin.register(Account)
class AccountAdmin(History):
    list_display = ["name", "venue", "environment", "market_label", "starting_cash", "quote_asset", "created_at"]


@admin.register(AccountControl)
class AccountControlAdmin(History):
    list_display = [
        "account",
        "trading_state",
        "state_reason",
        "is_enabled",
        "is_autonomous",
        "changed_by",
        "changed_at",
    ]


@admin.register(InstrumentRow)
class InstrumentAdmin(History):
    list_display = ["symbol", "venue", "asset_class", "status", "is_in_universe", "tick_size", "lot_size"]
    list_filter = ["venue", "asset_class", "is_in_universe"]
    search_fields = ["symbol"]


@admin.register(Intent)
class IntentAdmin(History):
    list_display = ["id", "account", "instrument", "purpose", "side", "quantity", "state", "approved_by", "created_at"]
    list_filter = ["state", "purpose", "account"]
    list_select_related = ["account", "instrument"]
    search_fields = ["id", "decision_id"]


@admin.register(OrderRow)
class OrderAdmin(History):
    list_display = [
        "client_order_id",
        "account",
        "instrument",
        "purpose",
        "side",
        "quantity",
        "filled_quantity",
        "state",
    ]
    list_filter = ["state", "purpose", "origin", "account"]
    list_select_related = ["account", "instrument"]
    search_fields = ["client_order_id", "venue_order_id", "list_id"]
    inlines = [TransitionLines, FillLines]


@admin.register(FillRow)
class FillAdmin(History):
    list_display = ["venue_fill_id", "account", "instrument", "side", "quantity", "price", "commission", "ts_event"]
    list_filter = ["account", "side"]
    list_select_related = ["account", "instrument"]
    search_fields = ["venue_fill_id", "order__client_order_id"]


@admin.register(QuarantinedFill)
class QuarantinedFillAdmin(History):
    list_display = ["venue_fill_id", "account", "symbol", "reason", "ts", "resolved_at"]
    list_filter = ["account"]


@admin.register(Trade)
class TradeAdmin(History):
    list_display = [
        "id",
        "account",
        "instrument",
        "quantity",
        "entry_price",
        "exit_price",
        "pnl",
        "exit_reason",
        "closed_at",
    ]
    list_filter = ["account", "exit_reason"]
    list_select_related = ["account", "instrument"]


@admin.register(PositionRow)
class PositionAdmin(History):
    list_display = [
        "instrument",
        "account",
        "quantity",
        "average_entry_price",
        "stop_loss",
        "take_profit",
        "updated_at",
    ]
    list_filter = ["account"]
    list_select_related = ["account", "instrument"]


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(History):
    list_display = ["id", "account", "kind", "reference", "ts"]
    list_filter = ["kind", "account"]
    search_fields = ["reference"]
    inlines = [EntryLines]


@admin.register(Balance)
class BalanceAdmin(History):
    list_display = ["account", "asset", "total"]
    list_filter = ["account"]


@admin.register(AuditLine)
class AuditLineAdmin(History):
    list_display = ["seq", "kind", "subject_id", "hash"]
    search_fields = ["subject_id"]
    ordering = ["-seq"]


@admin.register(ParameterSet)
class ParameterSetAdmin(History):
    """Every set with its parent, reason and evidence; approve, reject, or go back to an earlier one (M35)."""

    list_display = ["id", "account", "strategy", "status", "reason", "proposed_by", "proposed_at", "activated_by"]
    list_filter = ["status", "strategy", "account"]
    list_select_related = ["account"]
    actions = ["approve_and_activate", "reject", "revert_to"]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Who may decide on parameter sets: a right of its own, since nobody may edit one."""
        return request.user.has_perm(DECIDE_PERMISSION)

    @admin.action(description="Approve and activate the selected proposal", permissions=["decide"])
    def approve_and_activate(self, request: HttpRequest, queryset: QuerySet[ParameterSet]) -> None:
        self._decide(request, queryset, activate_parameters, "is active now")

    @admin.action(description="Reject the selected proposal", permissions=["decide"])
    def reject(self, request: HttpRequest, queryset: QuerySet[ParameterSet]) -> None:
        self._decide(request, queryset, reject_parameters, "is rejected")

    @admin.action(description="Go back to the selected earlier set", permissions=["decide"])
    def revert_to(self, request: HttpRequest, queryset: QuerySet[ParameterSet]) -> None:
        self._decide(request, queryset, revert_parameters, "is active now, a copy of the selected one")

    def _decide(
        self,
        request: HttpRequest,
        queryset: QuerySet[ParameterSet],
        act: Callable[..., ParameterSet],
        outcome: str,
    ) -> None:
        """Do `act` to the one selected set, and say what came of it."""
        chosen = list(queryset[:2])
        if len(chosen) != 1:
            self.message_user(request, "Select exactly one parameter set.", messages.ERROR)
            return
        try:
            done = act(runtime=system_runtime(), parameter_set_id=chosen[0].pk, by=request.user.get_username())
        except AutotraderError as error:
            self.message_user(request, error.message, messages.ERROR)
            return
        self.message_user(request, f"Parameter set {done.pk} {outcome}.", messages.SUCCESS)
