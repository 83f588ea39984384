"""Write down what is wanted before anything is sent: the plan with its risk verdict, bound by a payload hash (P11).

One intent for each (decision, leg), whoever calls how often; one active entry for each instrument and strategy (P8),
held by the database. A denied plan is kept too, with its reason.
"""

from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

import orjson
from django.conf import settings
from django.db import IntegrityError, transaction

from autotrader.lib.canonical import canonical_json
from autotrader.lib.errors import BadInput, Conflict
from autotrader.lib.runtime import Runtime
from autotrader.lib.statements import SelectRows, insert_new
from trading.domain.audit_chain import AuditEntry
from trading.domain.decision import IntentPlan
from trading.domain.order import Purpose, Side
from trading.domain.order_timing import ORDER_TIMING
from trading.models import Account, InstrumentRow, Intent
from trading.selectors.intent_payload import intent_payload
from trading.services.append_audit import append_audit
from trading.services.record_event import record_event

_ACCEPTED_PURPOSES = frozenset({Purpose.ENTRY.value, Purpose.EXIT.value})
ONE_ACTIVE_ENTRY = "p08"
_INTENT = SelectRows(Intent, "WHERE t.decision_id = %s AND t.leg = %s", related=("instrument",))


class Verdict(Protocol):
    """What this service needs of a risk verdict (`trading.domain.risk.judge.RiskVerdict` has this face)."""

    @property
    def approved(self) -> bool: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def denied_by(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def clamps(self) -> Sequence[Any]: ...


def create_intent(
    *,
    runtime: Runtime,
    account: Account,
    instrument_row: InstrumentRow,
    plan: IntentPlan,
    verdict: Verdict,
    requires_approval: bool,
    leg: str,
) -> Intent:
    """The intent of `plan`: APPROVED, AWAITING_APPROVAL or DENIED. Asked twice, the first answer again.

    Raises BadInput for a plan that no venue could mean, Conflict when (decision, leg) stands for another plan.
    """
    _require_sound(plan, instrument_row)
    intent = _build(runtime, account, instrument_row, plan, verdict, requires_approval, leg)
    existing = _existing(plan.decision_id, leg)
    if existing is not None:
        return _same_or_conflict(existing, intent)
    try:
        return _write(runtime, intent)
    except IntegrityError:
        existing = _existing(plan.decision_id, leg)
        if existing is not None:
            return _same_or_conflict(existing, intent)
    intent.state = Intent.State.DENIED
    intent.reason = f"{ONE_ACTIVE_ENTRY}: another entry of {intent.strategy} in {plan.symbol} is active."
    return _write(runtime, intent)


def _build(
    runtime: Runtime,
    account: Account,
    instrument_row: InstrumentRow,
    plan: IntentPlan,
    verdict: Verdict,
    requires_approval: bool,
    leg: str,
) -> Intent:
    now = runtime.clock.now()
    state = _first_state(verdict, requires_approval)
    is_approved = state == Intent.State.APPROVED
    intent = Intent(
        id=runtime.ids.ulid(),
        account=account,
        instrument=instrument_row,
        decision_id=plan.decision_id,
        leg=leg,
        strategy=plan.strategy,
        purpose=plan.purpose,
        side=plan.side,
        quantity=verdict.quantity if verdict.approved else plan.quantity,
        reference_price=plan.reference_price,
        limit_price=plan.limit_price,
        stop_loss=plan.protection.stop_loss if plan.protection else None,
        take_profit=plan.protection.take_profit if plan.protection else None,
        state=state,
        reason=verdict.reason if not verdict.approved else "",
        clamps=[_clamp_json(clamp) for clamp in verdict.clamps],
        risk_approval_id=runtime.ids.ulid() if verdict.approved else "",
        created_at=now,
        expires_at=_expires_at(now, requires_approval),
        approved_by="risk" if is_approved else "",
        approved_at=now if is_approved else None,
    )
    intent.payload_hash = intent_payload(intent).hash()
    return intent


def _first_state(verdict: Verdict, requires_approval: bool) -> str:
    if not verdict.approved:
        return Intent.State.DENIED
    return Intent.State.AWAITING_APPROVAL if requires_approval else Intent.State.APPROVED


def _expires_at(now: datetime, requires_approval: bool) -> datetime:
    if requires_approval:
        return now + timedelta(seconds=settings.AUTOTRADER.approval_ttl_seconds)
    return now + ORDER_TIMING.approval_ttl


def _require_sound(plan: IntentPlan, instrument_row: InstrumentRow) -> None:
    if plan.purpose not in _ACCEPTED_PURPOSES:
        raise BadInput(f"purpose {plan.purpose!r} is not accepted: a plan is an ENTRY or an EXIT")
    if plan.side != (Side.BUY if plan.purpose == Purpose.ENTRY else Side.SELL):
        raise BadInput(f"{plan.purpose} with side {plan.side!r} is not accepted: entries buy, exits sell")
    if plan.symbol != instrument_row.symbol:
        raise BadInput(f"the plan is for {plan.symbol}, the instrument is {instrument_row.symbol}")
    for name in ("quantity", "reference_price", "limit_price"):
        value = getattr(plan, name)
        if not value.is_finite() or value <= 0:
            raise BadInput(f"{name} is {value}: a positive number is needed")
    if plan.purpose == Purpose.ENTRY:
        _require_protection(plan)


def _require_protection(plan: IntentPlan) -> None:
    if plan.protection is None:
        raise BadInput("an entry without a stop and a target is not accepted")
    stop, target = plan.protection.stop_loss, plan.protection.take_profit
    if not 0 < stop < plan.limit_price < target:
        raise BadInput(f"stop {stop} and target {target} must lie around the limit price {plan.limit_price}")


def _existing(decision_id: str, leg: str) -> Intent | None:
    return _INTENT.first((decision_id, leg))


def _same_or_conflict(existing: Intent, wanted: Intent) -> Intent:
    """`existing` when it stands for the same plan (whatever the verdict made of its size)."""
    for name in ("account_id", "instrument_id", "purpose", "side", "strategy"):
        if getattr(existing, name) != getattr(wanted, name):
            raise Conflict(
                f"decision {wanted.decision_id} already has another plan for leg {wanted.leg} ({name} differs)"
            )
    return existing


def _write(runtime: Runtime, intent: Intent) -> Intent:
    with transaction.atomic():
        insert_new([intent])
        append_audit(runtime=runtime, entries=[AuditEntry("intent", intent.id, _audit_body(intent))])
        topic = "approval" if intent.state == Intent.State.AWAITING_APPROVAL else "order"
        record_event(runtime=runtime, account_id=intent.account_id, topic=topic, payload=_event_payload(intent))
    return intent


def _audit_body(intent: Intent) -> dict[str, Any]:
    payload = intent_payload(intent)
    body: dict[str, Any] = {name: getattr(payload, name) for name in payload.__slots__}
    return {**body, "payload_hash": intent.payload_hash, "state": intent.state, "reason": intent.reason}


def _event_payload(intent: Intent) -> dict[str, Any]:
    return {
        "intent_id": intent.id,
        "decision_id": intent.decision_id,
        "symbol": intent.instrument.symbol,
        "side": intent.side,
        "purpose": intent.purpose,
        "quantity": intent.quantity,
        "intent_state": intent.state,
        "reason": intent.reason,
    }


def _clamp_json(clamp: Any) -> Any:
    """A clamp of the risk rules as plain JSON, whatever small dataclass it is."""
    value = asdict(clamp) if is_dataclass(clamp) and not isinstance(clamp, type) else clamp
    return orjson.loads(canonical_json(value))
