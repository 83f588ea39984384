"""Bars merged, curves thinned out, drawdowns measured: the arithmetic of the charts."""

from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dashboard.selectors.equity_chart import equity_chart, max_drawdown, thin_out
from dashboard.selectors.price_chart import PRICE_RANGES, decimal_places, merge_bars, price_chart
from tests.factories.demo import Demo
from trading.domain.bar import Interval
from trading.models import Account, InstrumentRow, PositionRow


def test_five_minutes_make_one_bar() -> None:
    times = np.array([300, 360, 420, 480, 540, 600])
    rows = np.array(
        [
            [10, 12, 9, 11, 1],
            [11, 15, 10, 14, 2],
            [14, 14, 8, 9, 3],
            [9, 10, 9, 10, 4],
            [10, 11, 10, 11, 5],
            [11, 13, 11, 12, 6],
        ],
        dtype=float,
    )
    assert merge_bars(times, rows, 300) == [[300, 10, 15, 8, 11, 15], [600, 11, 13, 11, 12, 6]]


def test_a_gap_leaves_a_gap() -> None:
    times = np.array([0, 900])
    rows = np.array([[1, 2, 1, 2, 1], [3, 4, 3, 4, 1]], dtype=float)
    assert [bar[0] for bar in merge_bars(times, rows, 300)] == [0, 900]


@given(st.integers(1, 200), st.sampled_from([60, 300, 1800]))
def test_merging_keeps_the_extremes_and_the_volume(count: int, bucket: int) -> None:
    random = np.random.default_rng(count)
    rows = random.uniform(1, 100, (count, 5))
    merged = np.array(merge_bars(np.arange(count) * 60, rows, bucket))
    assert merged[:, 2].max() == rows[:, 1].max()
    assert merged[:, 3].min() == rows[:, 2].min()
    assert merged[:, 5].sum() == pytest.approx(rows[:, 4].sum())
    assert merged[0, 1] == rows[0, 0]
    assert merged[-1, 4] == rows[-1, 3]


def test_the_drawdown_is_the_deepest_fall_from_a_peak() -> None:
    assert max_drawdown(np.array([100.0, 120.0, 90.0, 130.0, 117.0])) == pytest.approx(0.25)
    assert max_drawdown(np.array([1.0, 2.0, 3.0])) == 0
    assert max_drawdown(np.array([])) == 0


@given(arrays(np.float64, st.integers(1, 3000), elements=st.floats(1, 1e6)))
def test_thinning_keeps_the_ends_and_the_extremes(worth: np.ndarray) -> None:
    kept = thin_out(worth, 100)
    assert len(kept) <= 100
    assert kept == sorted(set(kept))
    assert (kept[0], kept[-1]) == (0, len(worth) - 1)
    assert worth[kept].max() == worth.max()
    assert worth[kept].min() == worth.min()


@pytest.mark.parametrize(("step", "places"), [("0.01", 2), ("0.00001", 5), ("1", 0), ("5", 0), ("0.50", 1)])
def test_a_grid_has_its_digits(step: str, places: int) -> None:
    assert decimal_places(Decimal(step)) == places


def test_the_price_chart_has_bars_marks_and_lines(demo: Demo) -> None:
    position = PositionRow.objects.first()
    assert position is not None
    chart = price_chart(demo.account, position.instrument, PRICE_RANGES["1d"], Interval.M1)
    assert 287 <= len(chart["bars"]) <= 289
    assert chart["bucket"] == 300
    assert chart["lines"] == {
        "entry": float(position.average_entry_price),
        "stop": float(position.stop_loss or 0),
        "target": float(position.take_profit or 0),
    }
    assert chart["markers"][-1]["is_buy"] is True
    times = [bar[0] for bar in chart["bars"]]
    assert all(mark["time"] in times for mark in chart["markers"])


def test_an_instrument_without_bars_has_an_empty_chart(demo: Demo) -> None:
    row = demo.instruments[0]
    lonely = InstrumentRow.objects.create(
        venue=row.venue, symbol="NEWUSDT", asset_class="crypto", base="NEW", quote="USDT", tick_size=row.tick_size,
        lot_size=row.lot_size, min_quantity=row.min_quantity, min_notional=row.min_notional,
    )  # fmt: skip
    chart = price_chart(demo.account, lonely, PRICE_RANGES["6h"], Interval.M1)
    assert (chart["bars"], chart["markers"], chart["lines"]) == ([], [], {})


def test_a_recording_of_another_bar_length_is_charted_too(demo: Demo) -> None:
    chart = price_chart(demo.account, demo.instruments[0], PRICE_RANGES["6h"], Interval.H1)
    assert chart["bucket"] == 60


def test_the_equity_curve_ends_with_the_newest_point(demo: Demo) -> None:
    newest = demo.account.equity_points.order_by("-ts").first()
    assert newest is not None
    chart = equity_chart(demo.account, timedelta(days=1))
    assert chart["points"][-1] == [int(newest.ts.timestamp()), float(newest.equity)]
    assert chart["points"][0][0] > newest.ts.timestamp() - 86400
    assert 0 < chart["max_drawdown"] < 1
    assert len(equity_chart(demo.account, None)["points"]) <= 500


def test_an_account_without_equity_has_no_points(db: None, demo: Demo) -> None:
    other = Account.objects.create(
        name="empty",
        venue="paper",
        environment="paper",
        quote_asset="USDT",
        starting_cash=1,
        created_at=demo.account.created_at,
    )
    assert equity_chart(other, None) == {"quote": "USDT", "points": [], "max_drawdown": None}
