"""The parts of a page that are swapped when they are stale: what fills each, and which topics make it stale."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from autotrader.lib.runtime import system_runtime
from dashboard.pages.doors import DeskRequest, door
from dashboard.selectors.approvals import waiting_plans
from dashboard.selectors.decisions import decision_lines, decisions_of
from dashboard.selectors.figures import read_figures
from dashboard.selectors.health import health_summary
from dashboard.selectors.orders import recent_fills, recent_orders
from dashboard.selectors.positions import open_positions
from dashboard.selectors.providers import decider_lines
from health.services.run_checks import run_checks
from trading.domain.bar import Interval

DECISIONS_SHOWN = 15
ORDERS_SHOWN = 6
FILLS_SHOWN = 5

Context = dict[str, Any]


@dataclass(frozen=True)
class Fragment:
    """One swappable part. Its template is `dashboard/fragments/<name>.html`, its root has the id `part-<name>`."""

    name: str
    topics: tuple[str, ...]
    build: Callable[[DeskRequest, datetime], Context]

    @property
    def template(self) -> str:
        return f"dashboard/fragments/{self.name}.html"

    @property
    def topic_words(self) -> str:
        return " ".join(self.topics)


def base_interval() -> Interval:
    """The bar length the platform runs on."""
    return Interval(settings.AUTOTRADER.bar_interval)


def _status(request: DeskRequest, now: datetime) -> Context:
    return {}


def _approvals(request: DeskRequest, now: datetime) -> Context:
    return {"plans": waiting_plans(request.desk.account, now)}


def _figures(request: DeskRequest, now: datetime) -> Context:
    return {"figures": read_figures(request.desk.account, now)}


def _positions(request: DeskRequest, now: datetime) -> Context:
    return {"positions": open_positions(request.desk.account, base_interval())}


def _decisions(request: DeskRequest, now: datetime) -> Context:
    acting_only = request.GET.get("acting") == "1"
    rows = decisions_of(request.desk.account, acting_only=acting_only)[:DECISIONS_SHOWN]
    return {"lines": decision_lines(rows), "acting_only": acting_only}


def _orders(request: DeskRequest, now: datetime) -> Context:
    account = request.desk.account
    return {"orders": recent_orders(account, ORDERS_SHOWN), "fills": recent_fills(account, FILLS_SHOWN)}


def _health(request: DeskRequest, now: datetime) -> Context:
    return {"health": health_summary(run_checks(runtime=system_runtime(), account=request.desk.account))}


def _deciders(request: DeskRequest, now: datetime) -> Context:
    return {"deciders": decider_lines(request.desk.account, now)}


FRAGMENTS = {
    fragment.name: fragment
    for fragment in (
        Fragment("status", ("control", "approval"), _status),
        Fragment("approvals", ("approval", "control"), _approvals),
        Fragment("figures", ("equity", "cycle", "fill", "control", "parameters"), _figures),
        Fragment("positions", ("position", "fill", "order", "cycle"), _positions),
        Fragment("decisions", ("decision", "approval"), _decisions),
        Fragment("orders", ("order", "fill"), _orders),
        Fragment("health", ("cycle", "control", "order", "position", "incident"), _health),
        Fragment("deciders", ("decision",), _deciders),
    )
}
EVERYWHERE = ("status",)


def render_fragments(request: DeskRequest, names: Iterable[str]) -> dict[str, SafeString]:
    """The HTML of the named fragments, all of one moment."""
    now = system_runtime().clock.now()
    return {name: _render(FRAGMENTS[name], request, now) for name in names}


def fragments_response(request: DeskRequest, names: Iterable[str], *, status: int = 200) -> HttpResponse:
    """The named fragments as one answer; each finds its own place in the page by its id."""
    return HttpResponse("\n".join(render_fragments(request, names).values()), status=status)


@require_GET
@door()
def fragments(request: DeskRequest) -> HttpResponse:
    """`GET /fragments/?names=positions,health`: unknown names are an error, because they are a mistake of ours."""
    names = list(dict.fromkeys(request.GET.get("names", "").split(",")))
    unknown = sorted(set(names) - set(FRAGMENTS))
    if unknown:
        accepted = ", ".join(FRAGMENTS)
        return HttpResponse(
            f"names: accepted are {accepted}, separated by commas", status=400, content_type="text/plain"
        )
    return fragments_response(request, names)


def _render(fragment: Fragment, request: DeskRequest, now: datetime) -> SafeString:
    context = {"desk": request.desk, "fragment": fragment, "now": now, **fragment.build(request, now)}
    return mark_safe(render_to_string(fragment.template, context, request))  # noqa: S308 - a rendered template
