"""The ATR threshold that follows the last seven days (M23). Pure: it suggests a number, it activates nothing.

Few trades lower the bar, many losers raise it; the result stays inside the hard bounds of the parameter, and at
most one change is made in `BLOCKS_BETWEEN_CHANGES` blocks (order-safety.md, end of section 6).
"""

from dataclasses import dataclass
from decimal import Decimal

from autotrader.lib.errors import BadInput
from autotrader.lib.money import ONE, plain
from trading.domain.parameters import PARAMETER_BOUNDS

LOOK_BACK_DAYS = 7
LEAST_TRADES_A_DAY = Decimal(2)
LEAST_WIN_RATE = Decimal("0.45")
FEWER_TRADES_FACTOR = Decimal("0.9")
FEWER_WINS_FACTOR = Decimal("1.1")
BLOCKS_BETWEEN_CHANGES = 20

_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class RecentTrading:
    """Closed trades of the last `days` days."""

    trades: int
    wins: int
    days: int = LOOK_BACK_DAYS

    def __post_init__(self) -> None:
        if self.days < 1 or not 0 <= self.wins <= self.trades:
            raise BadInput(f"{self.wins} wins of {self.trades} trades in {self.days} days cannot be")

    @property
    def trades_a_day(self) -> Decimal:
        return Decimal(self.trades) / self.days

    @property
    def win_rate(self) -> Decimal | None:
        return Decimal(self.wins) / self.trades if self.trades else None


@dataclass(frozen=True, slots=True)
class AtrSuggestion:
    """The threshold to propose, in percent of price, and why it is that."""

    threshold: Decimal
    is_change: bool
    reason: str


def suggest_atr_threshold(
    current: Decimal, recent: RecentTrading, *, blocks_since_change: int | None = None
) -> AtrSuggestion:
    """The threshold after `recent`. Both rules may apply, one after the other.

    `blocks_since_change` counts closed evaluation blocks since the last change; None means there was none yet.
    Raises BadInput when `current` lies outside the parameter's bounds.
    """
    bounds = PARAMETER_BOUNDS["atr_threshold"]
    if not bounds.low <= current <= bounds.high:
        raise BadInput(f"atr_threshold is {current}; accepted is {bounds.low} to {bounds.high}")
    factor, reasons = _factor(recent)
    wanted = min(max((current * factor).quantize(_PLACES), bounds.low), bounds.high)
    if wanted == current:
        return AtrSuggestion(current, False, _nothing_to_change(reasons, current))
    if blocks_since_change is not None and blocks_since_change < BLOCKS_BETWEEN_CHANGES:
        waiting = f"changed {blocks_since_change} blocks ago; one change in {BLOCKS_BETWEEN_CHANGES} blocks is allowed"
        return AtrSuggestion(current, False, waiting)
    return AtrSuggestion(wanted, True, "; ".join(reasons))


def _factor(recent: RecentTrading) -> tuple[Decimal, list[str]]:
    factor, reasons = ONE, []
    if recent.trades_a_day < LEAST_TRADES_A_DAY:
        factor *= FEWER_TRADES_FACTOR
        reasons.append(f"under {LEAST_TRADES_A_DAY} trades a day: x{FEWER_TRADES_FACTOR}")
    if recent.win_rate is not None and recent.win_rate < LEAST_WIN_RATE:
        factor *= FEWER_WINS_FACTOR
        reasons.append(f"win rate under {LEAST_WIN_RATE}: x{FEWER_WINS_FACTOR}")
    return factor, reasons


def _nothing_to_change(reasons: list[str], current: Decimal) -> str:
    if reasons:
        return f"{'; '.join(reasons)}; but {plain(current)} is already at its bound"
    return "trades and win rate are within what is wanted"
