"""Whether trading is allowed: the three states of the kill switch and the environments of an account."""

from enum import StrEnum


class TradingState(StrEnum):
    """ACTIVE: all orders. REDUCING: only orders that make a position smaller. HALTED: cancels only."""

    ACTIVE = "ACTIVE"
    REDUCING = "REDUCING"
    HALTED = "HALTED"


class Environment(StrEnum):
    """Where an account's orders go, and with whose money."""

    REPLAY = "replay"
    PAPER = "paper"
    LIVE = "live"


_ORDER = [TradingState.ACTIVE, TradingState.REDUCING, TradingState.HALTED]


def strictest(*states: TradingState) -> TradingState:
    """The most careful of several states; ACTIVE when there are none."""
    return max(states, key=_ORDER.index, default=TradingState.ACTIVE)
