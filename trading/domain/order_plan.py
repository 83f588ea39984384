"""From an opinion that wants to act to the plan the risk rules judge: prices, protection and size. Pure.

A plan that cannot be made comes back as a refusal with a name, never as an exception: to refuse is an answer.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from autotrader.lib.errors import BadInput
from autotrader.lib.money import plain
from trading.domain.clamp import Clamp
from trading.domain.decision import IntentPlan, ProtectionPlan
from trading.domain.limit_price import entry_limit, exit_limit
from trading.domain.market_snapshot import InstrumentSnapshot
from trading.domain.order import Purpose, Side
from trading.domain.parameters import StrategyParameters
from trading.domain.protection import plan_protection
from trading.domain.sizing import SizingInput, size_entry

NO_POSITION = "no_position"
TOO_SMALL = "least_size"
NO_PROTECTION = "protection"
ASKED_FOR = "asked_for"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is asked for: who decided when, at which price seen (`mid`, with `bid` and `ask`), how sure."""

    decision_id: str
    strategy: str
    decided_at: datetime
    confidence: Decimal
    snapshot: InstrumentSnapshot
    parameters: StrategyParameters
    mid: Decimal
    bid: Decimal
    ask: Decimal


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, or why there is none (`refused_by`, `reason`). `details` and `clamps` are for people."""

    plan: IntentPlan | None
    refused_by: str = ""
    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    clamps: tuple[Clamp, ...] = ()


def plan_entry(proposal: Proposal, capital: Decimal, recent_win_rate: Decimal | None) -> Planned:
    """Buy, with stop and target around the price seen, sized for the worst price allowed. `capital`: quote units."""
    instrument, parameters = proposal.snapshot.instrument, proposal.parameters
    limit = entry_limit(instrument, proposal.mid, proposal.ask, parameters.take_profit_fraction)
    try:
        protection = plan_protection(proposal.mid, parameters, instrument)
    except BadInput as error:
        return Planned(None, NO_PROTECTION, error.message)
    sized = size_entry(
        SizingInput(
            instrument=instrument,
            capital=capital,
            entry_price=limit,
            confidence=proposal.confidence,
            allocation_fraction=parameters.allocation_fraction,
            max_position_fraction=parameters.max_position_fraction,
            recent_win_rate=recent_win_rate,
        )
    )
    details = {
        "equity": plain(capital),
        "recent_win_rate": None if recent_win_rate is None else plain(recent_win_rate),
        "base_notional": plain(sized.base_notional),
        "size_factors": list(sized.factors),
    }
    if sized.refusal:
        return Planned(None, TOO_SMALL, sized.refusal, details, sized.clamps)
    plan = _plan(proposal, Side.BUY, Purpose.ENTRY, sized.quantity, limit, protection)
    return Planned(plan, details=details, clamps=sized.clamps)


def plan_exit(proposal: Proposal) -> Planned:
    """Sell all that is held of the instrument. Refused by name when nothing is."""
    instrument, position = proposal.snapshot.instrument, proposal.snapshot.position
    if position is None or position.quantity <= 0:
        return Planned(None, NO_POSITION, f"There is no position in {instrument.symbol} to sell.")
    quantity = instrument.floor_quantity(position.quantity)
    if quantity <= 0:
        return Planned(None, TOO_SMALL, f"{plain(position.quantity)} {instrument.base} is too little to sell.")
    limit = exit_limit(instrument, proposal.mid, proposal.bid)
    return Planned(_plan(proposal, Side.SELL, Purpose.EXIT, quantity, limit, None))


def at_most(quantity: Decimal | None, planned: Planned) -> Planned:
    """`planned` with no more than `quantity` base units (None: as it is). The cut is kept as a clamp."""
    plan = planned.plan
    if quantity is None or plan is None or plan.quantity <= quantity:
        return planned
    clamp = Clamp(ASKED_FOR, plan.quantity, quantity, "no more was asked for")
    return replace(planned, plan=replace(plan, quantity=quantity), clamps=(*planned.clamps, clamp))


def _plan(
    proposal: Proposal,
    side: Side,
    purpose: Purpose,
    quantity: Decimal,
    limit: Decimal,
    protection: ProtectionPlan | None,
) -> IntentPlan:
    return IntentPlan(
        decision_id=proposal.decision_id,
        symbol=proposal.snapshot.instrument.symbol,
        side=side.value,
        purpose=purpose.value,
        quantity=quantity,
        reference_price=proposal.mid,
        limit_price=limit,
        protection=protection,
        strategy=proposal.strategy,
        decided_at=proposal.decided_at,
    )
