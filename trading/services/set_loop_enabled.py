"""Start or stop the trading loop of an account. The switch is a row, so it survives a restart."""

from autotrader.lib.runtime import Runtime
from trading.models import Account, AccountControl
from trading.services.change_control import change_control


def set_loop_enabled(*, runtime: Runtime, account: Account, is_enabled: bool, by: str) -> AccountControl:
    """Whether cycles run; protective orders work either way. Raises NotFound for an account without switches."""
    return change_control(
        runtime=runtime, account=account, kind="loop_switch", by=by, changes={"is_enabled": is_enabled}
    )
