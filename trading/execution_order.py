"""What the conductor asks of the executor about one acting opinion, and what it gets back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from trading.domain.decision import DecisionStatus, Opinion, PhaseRecord
from trading.domain.market_snapshot import InstrumentSnapshot
from trading.domain.parameters import StrategyParameters
from trading.ports import Quote


@dataclass(frozen=True, slots=True)
class ExecutionOrder:
    """One opinion that wants to act, with the picture it was formed on. `is_analysis_only`: judge, place nothing.

    `quote` is the price seen just before (None: no order), `prices` the last price of every symbol for the equity.
    `quantity_limit` is what a person asked for: the plan may be smaller, never larger.
    """

    decision_id: str
    opinion: Opinion
    snapshot: InstrumentSnapshot
    parameters: StrategyParameters
    parameter_set_id: str
    decided_at: datetime
    quote: Quote | None
    prices: Mapping[str, Decimal]
    is_analysis_only: bool = False
    quantity_limit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ExecutionOutcome:
    """How it went: the status, who denied it and why, the risk and confidence phases, and what was planned.

    `execution` is for people and programs alike: intent_id, side, quantity, limit_price, stop_loss, take_profit,
    clamps; amounts as plain decimal text. `has_live_intent` tells that the gateway has work.
    """

    status: DecisionStatus
    reason: str
    denied_by: str = ""
    phases: tuple[PhaseRecord, ...] = ()
    execution: dict[str, Any] = field(default_factory=dict)
    has_live_intent: bool = False
