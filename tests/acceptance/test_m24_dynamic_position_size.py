"""M24: base = capital x allocation_pct / 10; confidence above 0.90 x1.5, below 0.75 x0.7; recent win rate above 0.60
x1.2, below 0.40 x0.8; then every risk limit, which only ever shrinks. Worked numbers, from the base to the order.
"""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.trading.risk.build import BTC, entry, facts
from trading.domain.parameters import StrategyParameters
from trading.domain.protection import plan_protection
from trading.domain.risk.judge import judge
from trading.domain.sizing import SizedEntry, SizingInput, size_entry

D = Decimal
PARAMETERS = StrategyParameters()
PRICE = D("50000")


def size(capital: str, confidence: str, win_rate: str | None = None, **changes) -> SizedEntry:
    rate = None if win_rate is None else D(win_rate)
    sizing = SizingInput(
        instrument=BTC,
        capital=D(capital),
        entry_price=PRICE,
        confidence=D(confidence),
        allocation_fraction=PARAMETERS.allocation_fraction,
        max_position_fraction=PARAMETERS.max_position_fraction,
        recent_win_rate=rate,
    )
    return size_entry(replace(sizing, **changes))


@pytest.mark.parametrize(
    ("confidence", "win_rate", "uncapped", "ordered"),
    [
        ("0.80", None, "200", "0.004"),
        ("0.80", "0.50", "200", "0.004"),
        ("0.70", "0.50", "140", "0.0028"),
        ("0.70", "0.30", "112", "0.00224"),
        ("0.70", "0.70", "168", "0.00336"),
        ("0.80", "0.30", "160", "0.0032"),
        ("0.80", "0.70", "240", "0.004"),
        ("0.95", "0.50", "300", "0.004"),
        ("0.95", "0.70", "360", "0.004"),
        ("0.95", "0.30", "240", "0.004"),
    ],
)
def test_the_worked_table_for_a_capital_of_10000(
    confidence: str, win_rate: str | None, uncapped: str, ordered: str
) -> None:
    """20 % allocation: a base of 200. Until multipliers are calibrated they may only shrink it."""
    sized = size("10000", confidence, win_rate)
    assert sized.base_notional == D("200")
    assert sized.base_notional * sized.multiplier == D(uncapped)
    assert sized.quantity == D(ordered)
    assert bool(sized.clamps) == (D(uncapped) > 200)


def test_once_the_cap_is_lifted_the_position_limit_still_holds() -> None:
    lifted = size("10000", "0.95", "0.70", multiplier_cap=D("1.8"), allocation_fraction=D("0.10"))
    assert lifted.base_notional == D("100")
    assert lifted.quantity == D("0.0036")
    limited = size("10000", "0.95", "0.70", multiplier_cap=D("1.8"))
    assert limited.quantity == D("0.004")
    assert [clamp.rule for clamp in limited.clamps] == ["max_position_size"]


def test_every_risk_limit_after_it_only_shrinks_and_each_cut_is_recorded() -> None:
    sized = size("10000", "0.95")
    plan = entry(
        quantity=sized.quantity,
        reference_price=PRICE,
        limit_price=PRICE,
        protection=plan_protection(PRICE, PARAMETERS, BTC),
    )
    market = replace(facts().price, bid=PRICE, ask=PRICE)
    verdict = judge(plan, facts(price=market, median_volume=D("0.3"), free_cash=D("120")))
    assert verdict.approved
    assert verdict.quantity == D("0.00239")
    history = [*sized.clamps, *verdict.clamps]
    assert [(clamp.rule, clamp.unit) for clamp in history] == [
        ("multiplier_cap", "quote"),
        ("P4_liquidity", "base"),
        ("cash", "base"),
        ("lot_size", "base"),
    ]
    assert all(clamp.after < clamp.before for clamp in history)
    assert (history[1].before, history[1].after) == (D("0.004"), D("0.003"))


def test_a_size_too_small_for_the_venue_is_refused_and_not_rounded_up() -> None:
    sized = size("300", "0.70")
    assert sized.quantity == 0
    assert sized.refusal == "4 USDT is below the least order value 5"
