"""What the short paths of M36 answer beyond `ai/selectors`: reads only, a fixed number of queries each."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, Max, Q

from ai.models import DecisionRow
from autotrader.lib.money import ONE, ZERO, divide
from trading.domain.decision import RULES_ATTRIBUTION, HoldCause
from trading.models import Account, EquityPoint, PositionRow, Trade

CHART_DAYS = 30
PROVIDERS = (
    ("gemini", "gemini_api_key", "GEMINI_API_KEY"),
    ("openai", "openai_api_key", "OPENAI_API_KEY"),
    ("anthropic", "anthropic_api_key", "ANTHROPIC_API_KEY"),
    ("together", "together_api_key", "TOGETHER_API_KEY"),
)


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One decider of the chain. Rates are over the last 24 hours and None where nothing was asked."""

    name: str
    status: str
    success_rate: Decimal | None
    error_count: int
    last_used: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class LiveStats:
    """Money in quote units; `win_rate` 0 to 1 over 30 days, None without a closed trade."""

    current_positions: int
    today_pnl: Decimal
    win_rate: Decimal | None
    trades_today: int


@dataclass(frozen=True, slots=True)
class ChartDay:
    """One UTC day: the equity at its end (None before the first point), and what its closed trades brought."""

    date: datetime
    equity: Decimal | None
    pnl: Decimal
    trades: int


def open_position_count(account: Account) -> int:
    """Positions that are open now; dust left by a closed one does not count."""
    return PositionRow.objects.filter(account=account, opened_at__isnull=False).count()


def service_statuses(account: Account, now: datetime) -> list[ServiceStatus]:
    """Every link of the chain in its order, the built-in rules last: one query."""
    recent = DecisionRow.objects.filter(account=account, decided_at__gte=now - timedelta(days=1)).order_by()
    failed = Q(hold_cause=HoldCause.ERROR.value)
    groups = recent.values("decided_by").annotate(
        asked=Count("id"), errors=Count("id", filter=failed), last=Max("decided_at")
    )
    seen = {group["decided_by"]: (group["asked"], group["errors"], group["last"]) for group in groups}
    rules = RULES_ATTRIBUTION.decided_by
    chain = [_provider(name, attribute, variable, seen) for name, attribute, variable in PROVIDERS]
    return [*chain, _service(rules, "ACTIVE", "Built-in rules; they need no key.", seen)]


def _provider(name: str, attribute: str, variable: str, seen: dict[str, tuple[int, int, datetime]]) -> ServiceStatus:
    has_key = bool(getattr(settings.AUTOTRADER.secrets, attribute))
    reason = "A key is set, but this version decides by the rules only." if has_key else f"{variable} is not set."
    return _service(name, "DISABLED", reason, seen)


def _service(name: str, status: str, reason: str, seen: dict[str, tuple[int, int, datetime]]) -> ServiceStatus:
    asked, errors, last = seen.get(name, (0, 0, None))
    rate = divide(Decimal(asked - errors), Decimal(asked), 4) if asked else None
    return ServiceStatus(name, status, rate, errors, last, reason)


def live_stats(account: Account, now: datetime) -> LiveStats:
    """Today's figures, counted from 00:00 UTC: five queries. `today_pnl` is the change of equity."""
    midnight = start_of_day(now)
    closed = Trade.objects.filter(account=account, closed_at__gte=now - timedelta(days=CHART_DAYS)).aggregate(
        all=Count("id"), won=Count("id", filter=Q(pnl__gt=0)), today=Count("id", filter=Q(closed_at__gte=midnight))
    )
    return LiveStats(
        current_positions=open_position_count(account),
        today_pnl=_change_since(account, midnight),
        win_rate=divide(Decimal(closed["won"]), Decimal(closed["all"]), 4) if closed["all"] else None,
        trades_today=closed["today"],
    )


def _change_since(account: Account, moment: datetime) -> Decimal:
    points = EquityPoint.objects.filter(account=account)
    newest = points.filter(ts__gte=moment).order_by("-ts").values_list("equity", flat=True).first()
    if newest is None:
        return ZERO
    before = points.filter(ts__lt=moment).order_by("-ts").values_list("equity", flat=True).first()
    return newest - (account.starting_cash if before is None else before)


def performance_days(account: Account, now: datetime) -> list[ChartDay]:
    """Thirty UTC days up to today, oldest first, none left out: two queries."""
    first = start_of_day(now) - timedelta(days=CHART_DAYS - 1)
    closing = _closing_equity(account, first)
    results = _results_by_day(account, first)
    days = [first + timedelta(days=number) for number in range(CHART_DAYS)]
    return [ChartDay(day, closing.get(day), *results.get(day, (ZERO, 0))) for day in days]


def growth(days: list[ChartDay]) -> Decimal | None:
    """The change of equity over the days as a fraction; None before two days have a point."""
    known = [day.equity for day in days if day.equity is not None]
    if len(known) < 2 or not known[0]:  # noqa: PLR2004 - a change needs two points
        return None
    return divide(known[-1], known[0], 6) - ONE


def start_of_day(moment: datetime) -> datetime:
    """00:00 UTC of the day of `moment`."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _closing_equity(account: Account, first: datetime) -> dict[datetime, Decimal]:
    points = EquityPoint.objects.filter(account=account, ts__gte=first)
    last_of_day = points.order_by().values("ts__date").annotate(last=Max("ts")).values("last")
    rows = points.filter(ts__in=last_of_day).values_list("ts", "equity")
    return {start_of_day(ts): equity for ts, equity in rows}


def _results_by_day(account: Account, first: datetime) -> dict[datetime, tuple[Decimal, int]]:
    results: dict[datetime, tuple[Decimal, int]] = {}
    for closed_at, pnl in Trade.objects.filter(account=account, closed_at__gte=first).values_list("closed_at", "pnl"):
        day = start_of_day(closed_at)
        total, count = results.get(day, (ZERO, 0))
        results[day] = (total + pnl, count + 1)
    return results
