"""M03: day trading takes only instruments whose ATR in percent of price is at least `atr_threshold` (1.5).

The ATR of the screen is the mean true range of up to the last 14 completed days, from the live indicators.
"""

import csv
import gzip
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest

from autotrader.lib.errors import BadInput
from tests.shared_data import shared_file
from tests.trading.strategies.pictures import UPTREND, picture, position
from trading.domain.decision import Action, HoldCause
from trading.domain.indicators.bank import IndicatorBank, IndicatorPeriods
from trading.domain.parameters import StrategyParameters
from trading.domain.strategies.rules import RuleStrategy

D = Decimal
RULES = RuleStrategy()


def decide(daily_atr_percent: float | None, **changes):
    parameters = StrategyParameters(**changes)
    return RULES.signal(picture(replace(UPTREND, daily_atr_percent=daily_atr_percent)), parameters)


@pytest.mark.parametrize(("daily", "bought"), [(1.49, False), (1.5, True), (4.0, True), (0.0, False)])
def test_only_what_moves_enough_is_bought(daily: float, bought: bool) -> None:
    assert (decide(daily).action is Action.BUY) is bought


def test_the_reason_names_the_range_and_the_threshold() -> None:
    held_back = decide(1.2)
    assert held_back.hold_cause is HoldCause.OPINION
    assert held_back.reasoning == "It moves 1.20 % a day; entries need 1.5 %."


def test_the_threshold_is_a_parameter_within_bounds() -> None:
    assert decide(1.2, atr_threshold=D("1.2")).action is Action.BUY
    assert decide(2.4, atr_threshold=D("2.5")).action is Action.HOLD
    with pytest.raises(BadInput, match="atr_threshold"):
        StrategyParameters(atr_threshold=D("0.4"))


def test_before_a_full_day_was_seen_nothing_is_bought() -> None:
    assert decide(None).hold_cause is HoldCause.DATA


def test_an_exit_is_never_screened() -> None:
    overbought = replace(UPTREND, rsi=80.0, daily_atr_percent=0.01)
    assert RULES.signal(picture(overbought, held=position("99")), StrategyParameters()).action is Action.SELL


def daily_atr(file: str, *, is_text_time: bool) -> tuple[float, float]:
    """The bank's daily ATR after the whole file, and the same from the days of the file, worked by hand."""
    bank, days = IndicatorBank(1, IndicatorPeriods()), dict[int, list[float]]()
    with gzip.open(shared_file(*file.split("/")), "rt", newline="") as lines:
        for row in csv.DictReader(lines):
            stamp = row["open_time"]
            day = datetime.fromisoformat(stamp).toordinal() if is_text_time else int(stamp) // 86_400_000
            prices = [float(row[name]) for name in ("open", "high", "low", "close", "volume")]
            bank.update(np.array([0]), *(np.array([price]) for price in prices), np.array([day]))
            _, high, low, close, _ = prices
            seen = days.setdefault(day, [high, low, close])
            days[day] = [max(seen[0], high), min(seen[1], low), close]
    *completed, running = days.values()
    ranges = [max(h, p) - min(lo, p) for (_, _, p), (h, lo, _) in pairwise(completed)]
    value = bank.values(0).daily_atr_percent
    assert value is not None
    return value, sum(ranges[-14:]) / 14 / running[2] * 100


@pytest.mark.parametrize(
    ("file", "is_text_time", "is_taken"),
    [
        ("crypto/binance-spot_BTCUSDT_1m.csv.gz", False, True),
        ("crypto/binance-spot_SOLUSDT_1m.csv.gz", False, True),
        ("us-stocks/SPY_5m.csv.gz", True, False),
    ],
)
def test_on_real_bars_a_lively_coin_is_taken_and_a_quiet_index_is_not(
    file: str, is_text_time: bool, is_taken: bool
) -> None:
    from_the_bank, by_hand = daily_atr(file, is_text_time=is_text_time)
    assert from_the_bank == pytest.approx(by_hand, rel=1e-9)
    assert (decide(from_the_bank).action is Action.BUY) is is_taken
