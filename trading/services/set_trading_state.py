"""Turn the kill switch of an account: ACTIVE, REDUCING or HALTED, with who and why."""

from autotrader.lib.errors import BadInput
from autotrader.lib.runtime import Runtime
from trading.domain.trading_state import TradingState
from trading.models import Account, AccountControl
from trading.services.change_control import change_control

LONGEST_REASON = 300


def set_trading_state(
    *, runtime: Runtime, account: Account, state: TradingState | str, reason: str, by: str
) -> AccountControl:
    """The account's own input to its trading state; the HALT file and the environment can still be stricter.

    Raises BadInput for an unknown state or an empty reason, NotFound for an account without switches.
    """
    if state not in list(TradingState):
        raise BadInput(f"trading state {str(state)!r} is not accepted: {', '.join(TradingState)} are")
    if not reason.strip():
        raise BadInput("a reason is needed to change the trading state")
    changes = {"trading_state": str(state), "state_reason": reason.strip()[:LONGEST_REASON]}
    return change_control(runtime=runtime, account=account, kind="trading_state", by=by, changes=changes)
