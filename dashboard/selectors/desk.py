"""The account somebody looks at, with its switches: what stands at the top of every page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.access.roles import Act
from dashboard.live.event_source import last_event_id
from trading.domain.trading_state import Environment, TradingState, strictest
from trading.models import Account, Intent
from trading.selectors.trading_state import StateInput, needs_approval, state_inputs

STATE_WORDS = {
    TradingState.ACTIVE: "New orders are allowed.",
    TradingState.REDUCING: "Only orders that make positions smaller are allowed.",
    TradingState.HALTED: "No order is sent. Protective stops stay at the venue.",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """One account as its viewer sees it. `stops` are the inputs that hold trading back, with their reasons.

    `event_id` was read before everything else: what comes later is news.
    """

    account: Account
    accounts: tuple[Account, ...]
    is_enabled: bool
    is_autonomous: bool
    state: TradingState
    stops: tuple[StateInput, ...]
    changed_by: str
    changed_at: datetime
    last_slot: datetime | None
    waiting: int
    event_id: int
    acts: frozenset[Act]

    @property
    def state_words(self) -> str:
        return STATE_WORDS[self.state]

    @property
    def mode_words(self) -> str:
        return "trades by itself" if self.is_autonomous else "asks before each trade"

    @property
    def is_halted(self) -> bool:
        return self.state is TradingState.HALTED

    @property
    def is_simulated(self) -> bool:
        return "SIMULATED" in self.account.market_label.upper()

    @property
    def is_live_money(self) -> bool:
        return self.account.environment == Environment.LIVE.value

    @property
    def may_switch(self) -> bool:
        """Whether the viewer may start and stop this account's loop."""
        return (Act.SWITCH_LIVE_LOOP if self.is_live_money else Act.SWITCH_PAPER_LOOP) in self.acts

    @property
    def may_approve(self) -> bool:
        return Act.APPROVE_INTENTS in self.acts


def find_desk(*, wanted_id: int | None, acts: frozenset[Act]) -> Desk | None:
    """The desk of the account `wanted_id`, of the first one where that is not there; None before any was opened."""
    event_id = last_event_id()
    accounts = tuple(Account.objects.select_related("control").order_by("id"))
    account = choose_account(accounts, wanted_id)
    if account is None:
        return None
    control = account.control
    inputs = state_inputs(account.id)
    return Desk(
        account=account,
        accounts=accounts,
        is_enabled=control.is_enabled,
        is_autonomous=not needs_approval(account.id),
        state=strictest(*(item.state for item in inputs)),
        stops=tuple(item for item in inputs if item.state is not TradingState.ACTIVE),
        changed_by=control.changed_by,
        changed_at=control.changed_at,
        last_slot=control.last_slot,
        waiting=Intent.objects.filter(account=account, state=Intent.State.AWAITING_APPROVAL).count(),
        event_id=event_id,
        acts=acts,
    )


def choose_account(accounts: Sequence[Account], wanted_id: int | None) -> Account | None:
    """The wanted account; else the first that is no replay; else the first."""
    wanted = [account for account in accounts if account.id == wanted_id]
    running = [account for account in accounts if account.environment != Environment.REPLAY.value]
    return next(iter((*wanted, *running, *accounts)), None)
