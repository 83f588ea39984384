"""Every risk limit as a named setting, with the hard bounds that no setting may pass (order-safety.md section 6).

A limit outside its bounds is refused when it is made, so a looser world cannot be configured by anybody.
"""

from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any

from autotrader.lib.errors import BadInput
from trading.domain.parameters import Bounds


def _between(low: str, high: str) -> Bounds:
    return Bounds(Decimal(low), Decimal(high))


HARD_BOUNDS: dict[str, Bounds] = {
    "order_notional_fraction": _between("0", "0.10"),
    "position_fraction": _between("0", "0.25"),
    "gross_fraction": _between("0", "1"),
    "collar_crypto_fraction": _between("0.0001", "0.05"),
    "collar_stock_fraction": _between("0.0001", "0.02"),
    "collar_stock_ticks": _between("0", "10"),
    "quote_age_seconds": _between("1", "60"),
    "quote_age_intervals": _between("1", "3"),
    "liquidity_fraction": _between("0", "0.05"),
    "spread_fraction": _between("0", "0.01"),
    "orders_per_minute_strategy": _between("0", "12"),
    "orders_per_minute_total": _between("1", "40"),
    "orders_per_minute_kept_for_exits": _between("1", "20"),
    "orders_per_day": _between("0", "1000"),
    "rejects_to_halt": _between("1", "10"),
    "reject_window_seconds": _between("60", "3600"),
    "similar_order_seconds": _between("10", "3600"),
    "similar_quantity_fraction": _between("0.01", "0.50"),
    "approval_ttl_seconds": _between("1", "60"),
    "commission_fraction": _between("0", "0.01"),
}


@dataclass(frozen=True, slots=True)
class RiskLimits:
    """The limits of P1 to P11. Fractions are fractions (0.05 is 5 %).

    Of `orders_per_minute_total`, entries may use all but `orders_per_minute_kept_for_exits`. Quotes may be
    `quote_age_intervals` bars old where prices come from bars, `quote_age_seconds` where they do not.
    `commission_fraction` is the worst commission a fill is expected to cost, kept back from cash.
    Raises BadInput for a value outside `HARD_BOUNDS`.
    """

    order_notional_fraction: Decimal = Decimal("0.05")
    position_fraction: Decimal = Decimal("0.10")
    gross_fraction: Decimal = Decimal("0.60")
    collar_crypto_fraction: Decimal = Decimal("0.015")
    collar_stock_fraction: Decimal = Decimal("0.005")
    collar_stock_ticks: int = 3
    quote_age_seconds: int = 5
    quote_age_intervals: int = 2
    liquidity_fraction: Decimal = Decimal("0.01")
    spread_fraction: Decimal = Decimal("0.003")
    orders_per_minute_strategy: int = 6
    orders_per_minute_total: int = 20
    orders_per_minute_kept_for_exits: int = 4
    orders_per_day: int = 500
    rejects_to_halt: int = 5
    reject_window_seconds: int = 300
    similar_order_seconds: int = 60
    similar_quantity_fraction: Decimal = Decimal("0.05")
    approval_ttl_seconds: int = 30
    commission_fraction: Decimal = Decimal("0.001")

    def __post_init__(self) -> None:
        for item in fields(self):
            _require_inside(item.name, getattr(self, item.name), whole=item.type is int)
        if self.orders_per_minute_kept_for_exits > self.orders_per_minute_total:
            raise BadInput(
                f"orders_per_minute_kept_for_exits ({self.orders_per_minute_kept_for_exits}) must not be above "
                f"orders_per_minute_total ({self.orders_per_minute_total})"
            )

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def _require_inside(name: str, value: Decimal | int, *, whole: bool) -> None:
    bounds = HARD_BOUNDS[name]
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, Decimal)):
        kind = "a whole number" if whole else "a decimal number"
        raise BadInput(f"{name} is {value!r}; accepted is {kind}")
    if not Decimal(value).is_finite() or not bounds.low <= value <= bounds.high:
        raise BadInput(f"{name} is {value}; accepted is {bounds.low} to {bounds.high}")


DEFAULT_LIMITS = RiskLimits()
