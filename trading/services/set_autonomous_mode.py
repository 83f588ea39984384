"""Whether an account's trades go out on their own or wait for a person (M06)."""

from autotrader.lib.runtime import Runtime
from trading.models import Account, AccountControl
from trading.services.change_control import change_control


def set_autonomous_mode(*, runtime: Runtime, account: Account, is_autonomous: bool, by: str) -> AccountControl:
    """The account's own switch; AUTONOMOUS_MODE=false makes every account wait, whatever it says here.

    Raises NotFound for an account without switches.
    """
    return change_control(
        runtime=runtime, account=account, kind="autonomous_mode", by=by, changes={"is_autonomous": is_autonomous}
    )
