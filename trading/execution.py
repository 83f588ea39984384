"""Joins decision to money: what an opinion wants is planned, sized, gated, judged, and written down as an intent.

The gateway alone sends orders. Whatever is refused is refused by name; whatever breaks raises, and then nothing is
ordered. It must never touch the network: it runs inside the caller's transaction.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from autotrader.lib.money import plain
from autotrader.lib.runtime import Runtime
from autotrader.lib.statements import SelectRows
from trading.domain.decision import Action, DecisionStatus, IntentPlan, Phase, PhaseRecord
from trading.domain.order import LEG_LETTER, Purpose
from trading.domain.order_plan import Planned, Proposal, at_most, plan_entry, plan_exit
from trading.domain.risk.base import RiskVerdict
from trading.domain.risk.judge import judge
from trading.domain.trading_state import TradingState
from trading.execution_order import ExecutionOrder, ExecutionOutcome
from trading.models import Account, InstrumentRow, Intent
from trading.ports import Quote
from trading.selectors.equity import account_equity
from trading.selectors.risk_context import build_risk_context
from trading.selectors.trades import recent_win_rate
from trading.selectors.trading_state import effective_state, needs_approval
from trading.services.create_intent import create_intent
from trading.services.open_account import FIRST_STRATEGY
from trading.services.set_trading_state import set_trading_state

CONFIDENCE_GATE = "confidence"
NO_PRICE = "no_price"
_INSTRUMENT = SelectRows(InstrumentRow, "WHERE t.venue = %s AND t.symbol = %s")


class Gateway(Protocol):
    """The order gateway as the executor needs it: one that runs here, or a bell for one that runs elsewhere."""

    def pump(self) -> None:
        """Take one step, or ask for one."""
        ...


@dataclass(frozen=True, slots=True)
class _Judged:
    """Everything known once the risk phase is over. `verdict` is None where the limits were not asked."""

    planned: Planned
    verdict: RiskVerdict | None
    denied_by: str
    reason: str

    @property
    def is_approved(self) -> bool:
        return not self.denied_by


class TradeExecutor:
    """Executes the acting opinions of one account through its gateway."""

    def __init__(self, runtime: Runtime, account: Account, gateway: Gateway, *, strategy: str = FIRST_STRATEGY) -> None:
        self.runtime = runtime
        self.account = account
        self._gateway = gateway
        self._strategy = strategy

    @property
    def strategy(self) -> str:
        return self._strategy

    def pump(self) -> None:
        self._gateway.pump()

    def execute(self, order: ExecutionOrder, /) -> ExecutionOutcome:
        """Plan, gate and judge `order`; unless it is analysis only, record the intent. Inside a transaction.

        Raises ValueError for an opinion that does not want to act.
        """
        if order.opinion.signal.action is Action.HOLD:
            raise ValueError(f"decision {order.decision_id} is a HOLD: there is nothing to execute")
        row = _INSTRUMENT.one((self.account.venue, order.opinion.symbol))
        passes_gate = order.opinion.signal.confidence >= order.parameters.min_confidence
        judged = self._judge(order, row) if passes_gate else _not_judged(order)
        phases = (_risk_phase(order, judged), _gate_phase(order, passes_gate))
        if order.is_analysis_only:
            return _outcome(DecisionStatus.ANALYSIS_ONLY, judged, phases)
        if judged.verdict is None or judged.planned.plan is None:
            return _outcome(DecisionStatus.DENIED, judged, phases)
        self._halt_if_asked(judged.verdict)
        return self._recorded(row, judged.planned.plan, judged.verdict, judged, phases)

    def _judge(self, order: ExecutionOrder, row: InstrumentRow) -> _Judged:
        if order.quote is None:
            return _Judged(Planned(None), None, NO_PRICE, f"There is no present price of {order.opinion.symbol}.")
        planned = self._planned(order, order.quote)
        if planned.plan is None:
            return _Judged(planned, None, planned.refused_by, planned.reason)
        context = build_risk_context(
            runtime=self.runtime,
            account=self.account,
            instrument_row=row,
            plan=planned.plan,
            quote=order.quote,
            snapshot=order.snapshot,
            prices=order.prices,
            confidence=order.opinion.signal.confidence,
            min_confidence=order.parameters.min_confidence,
        )
        verdict = judge(planned.plan, context)
        return _Judged(planned, verdict, verdict.denied_by, verdict.reason)

    def _planned(self, order: ExecutionOrder, quote: Quote) -> Planned:
        proposal = Proposal(
            decision_id=order.decision_id,
            strategy=self._strategy,
            decided_at=order.decided_at,
            confidence=order.opinion.signal.confidence,
            snapshot=order.snapshot,
            parameters=order.parameters,
            mid=quote.mid,
            bid=quote.bid,
            ask=quote.ask,
        )
        if order.opinion.signal.action is Action.SELL:
            return at_most(order.quantity_limit, plan_exit(proposal))
        equity = account_equity(self.account, order.prices)
        return at_most(order.quantity_limit, plan_entry(proposal, equity.equity, recent_win_rate(self.account)))

    def _recorded(
        self,
        row: InstrumentRow,
        plan: IntentPlan,
        verdict: RiskVerdict,
        judged: _Judged,
        phases: tuple[PhaseRecord, ...],
    ) -> ExecutionOutcome:
        intent = create_intent(
            runtime=self.runtime,
            account=self.account,
            instrument_row=row,
            plan=plan,
            verdict=verdict,
            requires_approval=needs_approval(self.account.pk),
            leg=LEG_LETTER[Purpose(plan.purpose)],
        )
        return _outcome(_STATUS_OF_INTENT[intent.state], judged, phases, intent)

    def _halt_if_asked(self, verdict: RiskVerdict) -> None:
        """A rule that found something wrong with us stops entries until a person has looked (P6)."""
        if verdict.halt_reason and effective_state(self.account.pk) is TradingState.ACTIVE:
            set_trading_state(
                runtime=self.runtime,
                account=self.account,
                state=TradingState.REDUCING,
                reason=verdict.halt_reason,
                by="risk",
            )


_STATUS_OF_INTENT: dict[str, DecisionStatus] = {
    Intent.State.APPROVED: DecisionStatus.SUBMITTED,
    Intent.State.AWAITING_APPROVAL: DecisionStatus.AWAITING_APPROVAL,
    Intent.State.DENIED: DecisionStatus.DENIED,
}


def _not_judged(order: ExecutionOrder) -> _Judged:
    signal, least = order.opinion.signal, order.parameters.min_confidence
    reason = f"Confidence {plain(signal.confidence)} is below the least of {plain(least)}."
    return _Judged(Planned(None), None, CONFIDENCE_GATE, reason)


def _risk_phase(order: ExecutionOrder, judged: _Judged) -> PhaseRecord:
    signal, verdict = order.opinion.signal, judged.verdict
    details: dict[str, Any] = {**judged.planned.details, "plan": _plan_details(judged.planned.plan)}
    if verdict is None:
        text = judged.reason if judged.denied_by != CONFIDENCE_GATE else "Not asked: the confidence is too low anyway."
    else:
        details["checks"] = [check.as_dict() for check in verdict.checks]
        details["clamps"] = [clamp.as_dict() for clamp in (*judged.planned.clamps, *verdict.clamps)]
        details["approved_quantity"] = plain(verdict.quantity)
        text = "Every rule agrees." if verdict.approved else f"{verdict.denied_by}: {verdict.reason}"
    return PhaseRecord(Phase.RISK_VALIDATION, signal.action, signal.confidence, text, details)


def _gate_phase(order: ExecutionOrder, passes: bool) -> PhaseRecord:
    signal, least = order.opinion.signal, order.parameters.min_confidence
    relation = "reaches" if passes else "is below"
    text = f"Confidence {plain(signal.confidence)} {relation} the least of {plain(least)}."
    details = {"minimum": plain(least), "is_passed": passes}
    return PhaseRecord(Phase.CONFIDENCE_GATE, signal.action, signal.confidence, text, details)


def _plan_details(plan: IntentPlan | None) -> dict[str, Any] | None:
    if plan is None:
        return None
    protection = plan.protection
    return {
        "side": plan.side,
        "purpose": plan.purpose,
        "quantity": plain(plan.quantity),
        "reference_price": plain(plan.reference_price),
        "limit_price": plain(plan.limit_price),
        "stop_loss": plain(protection.stop_loss) if protection else None,
        "take_profit": plain(protection.take_profit) if protection else None,
    }


def _outcome(
    status: DecisionStatus, judged: _Judged, phases: tuple[PhaseRecord, ...], intent: Intent | None = None
) -> ExecutionOutcome:
    execution: dict[str, Any] = {"plan": _plan_details(judged.planned.plan)}
    denied_by, reason = judged.denied_by, judged.reason
    if judged.verdict is not None:
        execution["approved_quantity"] = plain(judged.verdict.quantity)
    if intent is not None:
        execution["intent_id"] = intent.pk
        if status is DecisionStatus.DENIED and not denied_by:
            denied_by, reason = intent.reason.partition(":")[0], intent.reason
    return ExecutionOutcome(
        status=status,
        reason=reason or _REASON[status],
        denied_by=denied_by,
        phases=phases,
        execution=execution,
        has_live_intent=status is DecisionStatus.SUBMITTED,
    )


_REASON = {
    DecisionStatus.SUBMITTED: "Approved and handed to the order gateway.",
    DecisionStatus.AWAITING_APPROVAL: "Waits for an operator.",
    DecisionStatus.ANALYSIS_ONLY: "Analysis only: nothing was placed.",
    DecisionStatus.DENIED: "Denied.",
}
