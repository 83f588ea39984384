"""The dashboard page, and the lists behind it: decisions, trades, the audit trail."""

from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from dashboard.pages.doors import DeskRequest, door
from dashboard.pages.fragments import FRAGMENTS
from dashboard.pages.render import render_page
from dashboard.selectors.audit import audit_entry, audit_kinds, audit_lines
from dashboard.selectors.decisions import decision_detail, decision_lines, decisions_of
from dashboard.selectors.equity_chart import EQUITY_RANGES
from dashboard.selectors.price_chart import PRICE_RANGES
from dashboard.selectors.prices import universe_of
from dashboard.selectors.trades import TradeLine, trades_of, trades_summary
from trading.services.verify_audit import verify_audit

ROWS_PER_PAGE = 50

Row = TypeVar("Row", bound=Model)


@require_GET
@door()
def overview(request: DeskRequest) -> HttpResponse:
    context = {
        "section": "overview",
        "instruments": list(universe_of(request.desk.account)),
        "price_ranges": list(PRICE_RANGES),
        "equity_ranges": list(EQUITY_RANGES),
    }
    return render_page(request, "dashboard/overview.html", context, parts=tuple(FRAGMENTS))


@require_GET
@door()
def decisions(request: DeskRequest) -> HttpResponse:
    acting_only = request.GET.get("acting") == "1"
    symbol = request.GET.get("symbol", "")
    rows = decisions_of(request.desk.account, acting_only=acting_only)
    if symbol:
        rows = rows.filter(instrument__symbol=symbol)
    page = _page(request, rows)
    context = {
        "section": "decisions",
        "page": page,
        "lines": decision_lines(page.object_list),
        "acting_only": acting_only,
        "symbol": symbol,
        "instruments": list(universe_of(request.desk.account)),
    }
    return render_page(request, "dashboard/decisions.html", context)


@require_GET
@door()
def decision(request: DeskRequest, decision_id: str) -> HttpResponse:
    detail = decision_detail(request.desk.account, decision_id)
    if detail is None:
        raise Http404("There is no such decision in this account.")
    return render_page(request, "dashboard/decision.html", {"section": "decisions", "detail": detail})


@require_GET
@door()
def trades(request: DeskRequest) -> HttpResponse:
    page = _page(request, trades_of(request.desk.account))
    context = {
        "section": "trades",
        "page": page,
        "lines": [TradeLine(row) for row in page.object_list],
        "summary": trades_summary(request.desk.account),
    }
    return render_page(request, "dashboard/trades.html", context)


@require_GET
@door()
def audit(request: DeskRequest) -> HttpResponse:
    return _audit_page(request, {})


@require_POST
@door()
def audit_verify(request: DeskRequest) -> HttpResponse:
    """Check the whole chain and its file now. It changes nothing; POST because it is work."""
    return _audit_page(request, {"report": verify_audit()})


@require_GET
@door()
def licences(request: DeskRequest) -> HttpResponse:
    return render_page(request, "dashboard/licences.html", {"section": "licences"})


def _audit_page(request: DeskRequest, more: dict[str, object]) -> HttpResponse:
    kind = request.GET.get("kind", "")
    page = _page(request, audit_lines(kind=kind))
    context = {
        "section": "audit",
        "page": page,
        "lines": [audit_entry(row) for row in page.object_list],
        "kinds": audit_kinds(),
        "kind": kind,
        **more,
    }
    return render_page(request, "dashboard/audit.html", context)


def _page(request: DeskRequest, rows: QuerySet[Row]) -> Page[Row]:
    """The page `?page=` names; the first for what is no number, the last for what is too high."""
    return Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
