"""The numbers a strategy runs on, with the bounds nobody may pass: neither a person nor the improvement loop."""

from dataclasses import asdict, dataclass, fields, replace
from decimal import Decimal
from typing import Any

from autotrader.lib.errors import BadInput


@dataclass(frozen=True, slots=True)
class Bounds:
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class StrategyParameters:
    """One parameter set. Fractions are fractions (0.05 is 5 %); `atr_threshold` is percent of price (1.5 is 1.5 %)."""

    min_confidence: Decimal = Decimal("0.60")
    stop_loss_fraction: Decimal = Decimal("0.05")
    take_profit_fraction: Decimal = Decimal("0.03")
    max_position_fraction: Decimal = Decimal("0.02")
    allocation_fraction: Decimal = Decimal("0.20")
    atr_threshold: Decimal = Decimal("1.5")
    rsi_period: int = 14
    rsi_oversold: Decimal = Decimal("30")
    rsi_overbought: Decimal = Decimal("70")
    short_window: int = 10
    long_window: int = 30
    atr_period: int = 14
    volume_window: int = 20
    flat_before_close_minutes: int = 10

    def __post_init__(self) -> None:
        for name, bounds in PARAMETER_BOUNDS.items():
            value = Decimal(getattr(self, name))
            if not bounds.low <= value <= bounds.high:
                raise BadInput(f"{name} is {value}; accepted is {bounds.low} to {bounds.high}")
        if self.short_window >= self.long_window:
            raise BadInput(f"short_window ({self.short_window}) must be below long_window ({self.long_window})")

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def with_changes(self, **changes: Any) -> "StrategyParameters":
        """A new set with some values changed; the bounds are checked again."""
        return replace(self, **changes)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "StrategyParameters":
        """The set stored as `values`. Raises BadInput for an unknown name or a value of the wrong kind."""
        kinds = {item.name: item.type for item in fields(cls)}
        unknown = sorted(set(values) - set(kinds))
        if unknown:
            raise BadInput(f"unknown parameters: {', '.join(unknown)}; accepted are {', '.join(kinds)}")
        return cls(**{name: _coerce(name, value, whole=kinds[name] is int) for name, value in values.items()})


def _coerce(name: str, value: Any, *, whole: bool) -> Any:
    if isinstance(value, bool | float):
        raise BadInput(f"{name}: {value!r} must be a whole number or a decimal written as text")
    try:
        number = Decimal(value)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise BadInput(f"{name}: {value!r} is not a number") from error
    if not whole:
        return number
    if number != number.to_integral_value():
        raise BadInput(f"{name}: {value!r} must be a whole number")
    return int(number)


PARAMETER_BOUNDS: dict[str, Bounds] = {
    "min_confidence": Bounds(Decimal("0.50"), Decimal("1")),
    "stop_loss_fraction": Bounds(Decimal("0.002"), Decimal("0.20")),
    "take_profit_fraction": Bounds(Decimal("0.002"), Decimal("0.50")),
    "max_position_fraction": Bounds(Decimal("0.001"), Decimal("0.10")),
    "allocation_fraction": Bounds(Decimal("0.01"), Decimal("1")),
    "atr_threshold": Bounds(Decimal("0.5"), Decimal("5")),
    "rsi_period": Bounds(Decimal(2), Decimal(100)),
    "rsi_oversold": Bounds(Decimal(5), Decimal(45)),
    "rsi_overbought": Bounds(Decimal(55), Decimal(95)),
    "short_window": Bounds(Decimal(2), Decimal(200)),
    "long_window": Bounds(Decimal(3), Decimal(500)),
    "atr_period": Bounds(Decimal(2), Decimal(100)),
    "volume_window": Bounds(Decimal(2), Decimal(200)),
    "flat_before_close_minutes": Bounds(Decimal(0), Decimal(120)),
}


def break_even_win_rate(parameters: StrategyParameters) -> Decimal:
    """The share of winning trades at which gains equal losses before costs: stop / (stop + target)."""
    risk, reward = parameters.stop_loss_fraction, parameters.take_profit_fraction
    return (risk / (risk + reward)).quantize(Decimal("0.0001"))
