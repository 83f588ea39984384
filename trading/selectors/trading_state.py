"""Whether an account may trade now: the strictest of three independent inputs (order-safety.md section 6).

The account's row, the file `VAR_DIR/HALT` and the environment variable TRADING_HALT: any one of them stops.
Fails closed: an input that is missing, broken or unreadable counts as HALTED.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from autotrader.lib.statements import fetch
from trading.domain.trading_state import TradingState, strictest

HALT_FILE_NAME = "HALT"
_STATE = "SELECT trading_state, state_reason FROM trading_accountcontrol WHERE account_id = %s"
_IS_AUTONOMOUS = "SELECT 1 FROM trading_accountcontrol WHERE account_id = %s AND is_autonomous"


@dataclass(frozen=True, slots=True)
class StateInput:
    """What one of the inputs says. `source` and `reason` are words for a person."""

    source: str
    state: TradingState
    reason: str = ""


def halt_file_path() -> Path:
    """The file whose mere existence stops every account."""
    return Path(settings.VAR_DIR) / HALT_FILE_NAME


def effective_state(account_id: int) -> TradingState:
    """The strictest of all inputs; HALTED when one of them cannot be read."""
    return strictest(*(item.state for item in state_inputs(account_id)))


def state_inputs(account_id: int) -> tuple[StateInput, ...]:
    """What each input says, for a page that must explain why trading is stopped."""
    return (_from_environment(), _from_file(), _from_row(account_id))


def needs_approval(account_id: int) -> bool:
    """Whether a trade must wait for a person (M06): AUTONOMOUS_MODE=false or the account's own switch, either one."""
    if settings.AUTOTRADER.autonomous_mode is not True:
        return True
    return not fetch(_IS_AUTONOMOUS, (account_id,))


def _from_environment() -> StateInput:
    is_halted = settings.AUTOTRADER.trading_halt is not False
    state = TradingState.HALTED if is_halted else TradingState.ACTIVE
    return StateInput("environment", state, "TRADING_HALT is set" if is_halted else "")


def _from_file() -> StateInput:
    path = halt_file_path()
    try:
        os.lstat(path)
    except FileNotFoundError:
        if path.parent.is_dir():
            return StateInput("file", TradingState.ACTIVE)
        return StateInput("file", TradingState.HALTED, f"{path.parent} is not there")
    except OSError as error:
        return StateInput("file", TradingState.HALTED, f"{path} cannot be looked at: {error.strerror}")
    return StateInput("file", TradingState.HALTED, f"the file {path} is there")


def _from_row(account_id: int) -> StateInput:
    try:
        row = next(iter(fetch(_STATE, (account_id,))), None)
    except DatabaseError as error:
        return StateInput("account", TradingState.HALTED, f"the database cannot be read: {type(error).__name__}")
    if row is None:
        return StateInput("account", TradingState.HALTED, f"account {account_id} has no control row")
    try:
        return StateInput("account", TradingState(row[0]), row[1])
    except ValueError:
        return StateInput("account", TradingState.HALTED, f"the account's state {row[0]!r} is not known")
