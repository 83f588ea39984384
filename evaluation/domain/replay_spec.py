"""What a replay was asked to play."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from autotrader.lib.errors import BadInput

DEFAULT_SEED = 7
FASTEST = "max"
_LEAST_CASH, _MOST_CASH = Decimal(100), Decimal(1_000_000_000)
_MOST_SPEED = 1_000_000


@dataclass(frozen=True, slots=True)
class ReplaySpec:
    """`speed` is how many times faster than life, None for as fast as it goes; `start` and `end` None for all there is.

    `changes` are parameters that differ from the platform's first set, as decimal text.
    """

    files: tuple[str, ...]
    start: datetime | None = None
    end: datetime | None = None
    cash: Decimal = Decimal(10_000)
    seed: int = DEFAULT_SEED
    speed: float | None = None
    account: str = ""
    check_every: bool = False
    changes: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise BadInput(f"--from {self.start:%Y-%m-%d %H:%M} must lie before --to {self.end:%Y-%m-%d %H:%M}")
        if not self.cash.is_finite() or not _LEAST_CASH <= self.cash <= _MOST_CASH:
            raise BadInput(f"cash of {self.cash} is not accepted; accepted is {_LEAST_CASH} to {_MOST_CASH}")


def parse_cash(text: str) -> Decimal:
    """An amount of money. Raises BadInput."""
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise BadInput(f"cash {text!r} is not a number; accepted is e.g. 10000") from error


def parse_speed(text: str) -> float | None:
    """`max` or how many times faster than life. Raises BadInput."""
    if text == FASTEST:
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= _MOST_SPEED:
        raise BadInput(f"speed {text!r} is not accepted; accepted are max and numbers such as 60 (an hour in a minute)")
    return speed


def parse_changes(texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Pairs from `name=value` texts. Raises BadInput."""
    pairs = [text.partition("=") for text in texts]
    for text, (name, mark, value) in zip(texts, pairs, strict=True):
        if not (name.strip() and mark and value.strip()):
            raise BadInput(f"{text!r} is not accepted; accepted is e.g. atr_threshold=0.8")
    return tuple((name.strip(), value.strip()) for name, _, value in pairs)
