"""Every address under /api/. Each answers with and without a slash at its end."""

from collections.abc import Callable
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from dashboard.api import autonomous_views as short
from dashboard.api.docs_views import DocsPage, NothingHere, SchemaView
from dashboard.api.v1 import control
from dashboard.api.v1.accounts import AccountViewSet
from dashboard.api.v1.approvals import ApprovalViewSet
from dashboard.api.v1.audit import AuditViewSet
from dashboard.api.v1.bars import BarViewSet
from dashboard.api.v1.cycles import CycleViewSet
from dashboard.api.v1.decisions import DecisionViewSet
from dashboard.api.v1.equity import EquityViewSet
from dashboard.api.v1.events import EventViewSet
from dashboard.api.v1.exports import CsvExport
from dashboard.api.v1.fills import FillViewSet
from dashboard.api.v1.instruments import InstrumentViewSet
from dashboard.api.v1.intents import IntentViewSet
from dashboard.api.v1.orders import OrderViewSet
from dashboard.api.v1.parameter_sets import ParameterSetViewSet
from dashboard.api.v1.positions import PositionViewSet
from dashboard.api.v1.trades import TradeViewSet

View = Callable[..., HttpResponseBase]


class BothSpellings(SimpleRouter):
    """A router whose addresses work with and without the last slash."""

    def __init__(self) -> None:
        super().__init__()
        self.trailing_slash = "/?"


router = BothSpellings()
router.register("accounts", AccountViewSet, basename="accounts")
router.register("instruments", InstrumentViewSet, basename="instruments")
router.register("intents", IntentViewSet, basename="intents")
router.register("approvals", ApprovalViewSet, basename="approvals")
router.register("orders", OrderViewSet, basename="orders")
router.register("fills", FillViewSet, basename="fills")
router.register("positions", PositionViewSet, basename="positions")
router.register("decisions", DecisionViewSet, basename="decisions")
router.register("cycles", CycleViewSet, basename="cycles")
router.register("trades", TradeViewSet, basename="trades")
router.register("bars", BarViewSet, basename="bars")
router.register("parameter-sets", ParameterSetViewSet, basename="parameter-sets")
router.register("equity", EquityViewSet, basename="equity")
router.register("events", EventViewSet, basename="events")
router.register("audit", AuditViewSet, basename="audit")


def both(route: str, view: Any, name: str) -> list[URLPattern]:
    """The address as people write it, and with a slash."""
    answer: View = view.as_view()
    return [path(route, answer, name=f"api-{name}"), path(f"{route}/", answer)]


short_paths: list[URLPattern] = [
    *both("autonomous-status", short.AutonomousStatus, "autonomous-status"),
    *both("autonomous-history", short.AutonomousHistory, "autonomous-history"),
    *both("backup-services-status", short.BackupServicesStatus, "backup-services-status"),
    *both("autonomous-toggle", short.AutonomousToggle, "autonomous-toggle"),
    *both("emergency-stop", short.EmergencyStop, "emergency-stop"),
    *both("live-stats", short.LiveStats, "live-stats"),
    *both("performance-chart", short.PerformanceChart, "performance-chart"),
]

control_paths: list[URLPattern] = [
    *both("v1/control/toggle", short.AutonomousToggle, "v1-toggle"),
    *both("v1/control/emergency-stop", short.EmergencyStop, "v1-emergency-stop"),
    *both("v1/control/trading-state", control.TradingStateView, "v1-trading-state"),
    *both("v1/control/resume", control.ResumeView, "v1-resume"),
    *both("v1/exports/<slug:kind>.csv", CsvExport, "v1-export"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *short_paths,
    *control_paths,
    path("v1/", include(router.urls)),
    *both("schema", SchemaView, "schema"),
    *both("docs", DocsPage, "docs"),
    re_path(r"^.*$", NothingHere.as_view(), name="api-nothing"),
]
