"""The red button: HALTED and the loop off. The gateway then cancels entry orders and keeps protective stops."""

from django.db import DatabaseError

from autotrader.lib.runtime import Runtime
from trading.domain.trading_state import TradingState
from trading.models import Account, AccountControl
from trading.services.change_control import change_control
from trading.services.halt_file import drop_halt_file
from trading.services.set_trading_state import LONGEST_REASON


def emergency_stop(*, runtime: Runtime, account: Account, reason: str, by: str) -> AccountControl:
    """Stop `account` now. An empty reason is accepted: nothing may stand between a person and this button.

    If the database refuses, the HALT file stops every account instead, and the DatabaseError is raised.
    """
    why = (reason.strip() or "emergency stop")[:LONGEST_REASON]
    changes = {"trading_state": TradingState.HALTED.value, "state_reason": why, "is_enabled": False}
    try:
        return change_control(runtime=runtime, account=account, kind="emergency_stop", by=by, changes=changes)
    except DatabaseError:
        drop_halt_file(runtime=runtime, reason=f"{why} (the database refused)", by=by)
        raise
