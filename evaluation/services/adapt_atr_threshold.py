"""Let the ATR threshold follow the last seven days (M23): a proposal with its evidence, in force at once on paper only.

On a live account it stays a proposal for a person. Never passes the hard bounds, never changes more than once in 20
trading days, and learns nothing from days on which the loop did not run.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from ai.models import CycleRow
from autotrader.lib.money import plain
from autotrader.lib.runtime import Runtime
from evaluation.models import DailyPerformance
from trading.domain.adaptive_atr import LOOK_BACK_DAYS, AtrSuggestion, RecentTrading, suggest_atr_threshold
from trading.domain.trading_state import Environment
from trading.models import Account, ParameterSet, Trade
from trading.services.activate_parameters import activate_parameters
from trading.services.propose_parameters import active_set, propose_parameters

RULE = "adaptive-atr"
PARAMETER = "atr_threshold"
LOOK_BACK = timedelta(days=LOOK_BACK_DAYS)


@dataclass(frozen=True, slots=True)
class AtrAdaptation:
    """What came of it: the new set, or None and the reason why nothing was proposed."""

    parameter_set: ParameterSet | None
    is_in_force: bool
    reason: str


def adapt_atr_threshold(*, runtime: Runtime, account: Account, strategy: str) -> AtrAdaptation:
    """Look at the last seven days and propose what the rule says. Doing it again at once changes nothing more.

    Raises NotFound when the strategy has no active parameter set.
    """
    now = runtime.clock.now()
    if refusal := _not_ready(account, strategy, now):
        return AtrAdaptation(None, False, refusal)
    current = active_set(account, strategy)
    recent = _recent(account, now)
    suggestion = suggest_atr_threshold(
        current.parameters().atr_threshold, recent, blocks_since_change=_days_since_change(account, strategy)
    )
    if not suggestion.is_change:
        return AtrAdaptation(None, False, suggestion.reason)
    return _adopt(runtime, account, current, suggestion, _evidence(recent, now))


def _not_ready(account: Account, strategy: str, now: datetime) -> str:
    """Why there is nothing to learn from yet; empty when there is."""
    if now - account.created_at < LOOK_BACK:
        return f"the account is younger than {LOOK_BACK_DAYS} days"
    if not CycleRow.objects.filter(account=account, slot__gt=now - LOOK_BACK, state=CycleRow.State.DONE).exists():
        return f"the loop did not run in the last {LOOK_BACK_DAYS} days"
    waiting = ParameterSet.objects.filter(
        account=account, strategy=strategy, status=ParameterSet.Status.PROPOSED, proposed_by=RULE
    )
    return "an earlier proposal of this rule still waits for a person" if waiting.exists() else ""


def _recent(account: Account, now: datetime) -> RecentTrading:
    trades = Trade.objects.filter(account=account, closed_at__gt=now - LOOK_BACK, closed_at__lte=now)
    return RecentTrading(trades=trades.count(), wins=trades.filter(pnl__gt=0).count())


def _days_since_change(account: Account, strategy: str) -> int | None:
    """Trading days recorded since the threshold last became another one, whoever changed it; None when it never did."""
    family = ParameterSet.objects.filter(account=account, strategy=strategy, activated_at__isnull=False)
    for row in family.select_related("parent").order_by("-activated_at", "-id"):
        if row.parent is not None and row.values[PARAMETER] != row.parent.values[PARAMETER]:
            changed_on = _activated(row).date()
            return DailyPerformance.objects.filter(account=account, date__gt=changed_on).count()
    return None


def _activated(row: ParameterSet) -> datetime:
    if row.activated_at is None:
        raise ValueError(f"parameter set {row.pk} was never activated")
    return row.activated_at


def _evidence(recent: RecentTrading, now: datetime) -> dict[str, Any]:
    return {
        "rule": RULE,
        "from": now - LOOK_BACK,
        "to": now,
        "trades": recent.trades,
        "wins": recent.wins,
        "trades_a_day": round(recent.trades_a_day, 4),
        "win_rate": None if recent.win_rate is None else round(recent.win_rate, 4),
    }


@transaction.atomic
def _adopt(
    runtime: Runtime, account: Account, current: ParameterSet, suggestion: AtrSuggestion, evidence: dict[str, Any]
) -> AtrAdaptation:
    proposal = propose_parameters(
        runtime=runtime,
        account=account,
        strategy=current.strategy,
        changes={PARAMETER: plain(suggestion.threshold)},
        reason=suggestion.reason,
        by=RULE,
        evidence=evidence,
        parent=current,
    )
    if account.environment == Environment.LIVE:
        return AtrAdaptation(proposal, False, suggestion.reason)
    in_force = activate_parameters(runtime=runtime, parameter_set_id=proposal.pk, by=RULE, reason=suggestion.reason)
    return AtrAdaptation(in_force, True, suggestion.reason)
