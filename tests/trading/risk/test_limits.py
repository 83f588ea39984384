"""Risk limits: the written defaults, and hard bounds that nobody can set aside."""

from dataclasses import fields, replace
from decimal import Decimal

import pytest

from autotrader.lib.errors import BadInput
from trading.domain.risk.limits import DEFAULT_LIMITS, HARD_BOUNDS, RiskLimits

WRITTEN = {
    "order_notional_fraction": "0.05",
    "position_fraction": "0.10",
    "gross_fraction": "0.60",
    "collar_crypto_fraction": "0.015",
    "collar_stock_fraction": "0.005",
    "collar_stock_ticks": 3,
    "liquidity_fraction": "0.01",
    "spread_fraction": "0.003",
    "orders_per_minute_strategy": 6,
    "orders_per_minute_total": 20,
    "orders_per_day": 500,
    "rejects_to_halt": 5,
    "reject_window_seconds": 300,
    "similar_order_seconds": 60,
    "similar_quantity_fraction": "0.05",
    "approval_ttl_seconds": 30,
}


@pytest.mark.parametrize("name", WRITTEN)
def test_the_defaults_are_those_of_the_written_table(name: str) -> None:
    assert getattr(DEFAULT_LIMITS, name) == Decimal(WRITTEN[name])


@pytest.mark.parametrize(
    ("name", "ceiling"),
    [("order_notional_fraction", "0.10"), ("position_fraction", "0.25"), ("gross_fraction", "1")],
)
def test_the_written_ceilings_are_hard(name: str, ceiling: str) -> None:
    assert replace(DEFAULT_LIMITS, **{name: Decimal(ceiling)})
    with pytest.raises(BadInput, match=f"{name} is .*; accepted is"):
        replace(DEFAULT_LIMITS, **{name: Decimal(ceiling) + Decimal("0.0001")})


def test_every_limit_has_bounds_and_every_bound_a_limit() -> None:
    assert {item.name for item in fields(RiskLimits)} == set(HARD_BOUNDS)


@pytest.mark.parametrize("name", sorted(HARD_BOUNDS))
def test_beyond_either_bound_a_limit_is_refused(name: str) -> None:
    kind, bounds = type(getattr(DEFAULT_LIMITS, name)), HARD_BOUNDS[name]
    for bad in (bounds.low - 1, bounds.high + 1):
        with pytest.raises(BadInput, match=name):
            replace(DEFAULT_LIMITS, **{name: kind(bad)})


@pytest.mark.parametrize("bad", [0.05, "0.05", None, True, Decimal("NaN")])
def test_a_limit_of_the_wrong_kind_is_refused(bad: object) -> None:
    with pytest.raises(BadInput, match="order_notional_fraction"):
        replace(DEFAULT_LIMITS, order_notional_fraction=bad)


def test_places_kept_for_exits_cannot_be_more_than_there_are() -> None:
    with pytest.raises(BadInput, match="kept_for_exits"):
        RiskLimits(orders_per_minute_total=3, orders_per_minute_kept_for_exits=4)
