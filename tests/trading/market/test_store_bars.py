"""Bars and instruments in the database: exact, once, bounded queries."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from decimal import Decimal

import pytest

from autotrader.lib.errors import BadInput
from tests.trading.market.makers import bar, bars, crypto
from trading.domain.bar import Interval
from trading.domain.instrument import InstrumentStatus
from trading.models import BarRow, InstrumentRow
from trading.selectors.bars import bars_between, last_open_time, latest_bars, open_times
from trading.services.register_instruments import register_instruments
from trading.services.store_bars import CHUNK, store_bars

pytestmark = pytest.mark.django_db


@pytest.fixture
def row() -> InstrumentRow:
    return register_instruments(venue="paper", instruments=[crypto()], universe=["BTCUSDT"])[0]


def test_bars_come_back_as_they_went_in(row: InstrumentRow) -> None:
    known = [bar(0, "0.00000123", high="70112.55", low="0.000000000000000001", volume="12345678901.12345678")]
    assert store_bars(rows_by_symbol={"BTCUSDT": row}, bars=known, source="test") == 1
    assert latest_bars(row, Interval.M1, 5) == known


def test_a_bar_is_stored_once_and_never_overwritten(row: InstrumentRow) -> None:
    assert store_bars(rows_by_symbol={"BTCUSDT": row}, bars=bars(3), source="first") == 3
    assert store_bars(rows_by_symbol={"BTCUSDT": row}, bars=[bar(1, "555"), bar(3)], source="second") == 1
    assert BarRow.objects.get(open_time=bar(1).open_time).close == Decimal(101)


def test_many_bars_go_in_chunks(row: InstrumentRow) -> None:
    assert store_bars(rows_by_symbol={"BTCUSDT": row}, bars=iter(bars(CHUNK + 7)), source="x" * 90) == CHUNK + 7
    assert BarRow.objects.count() == CHUNK + 7


def test_a_symbol_without_a_row_stores_nothing(row: InstrumentRow) -> None:
    with pytest.raises(KeyError):
        store_bars(rows_by_symbol={"BTCUSDT": row}, bars=[bar(0), bar(0, symbol="ETHUSDT")], source="x")
    assert BarRow.objects.count() == 0


def test_reads_are_bounded_by_open_and_close(row: InstrumentRow) -> None:
    store_bars(rows_by_symbol={"BTCUSDT": row}, bars=bars(10), source="x")
    found = list(bars_between(row, Interval.M1, bar(2).open_time, bar(5).open_time))
    assert [item.open_time for item in found] == [bar(number).open_time for number in (2, 3, 4)]
    assert open_times(row, Interval.M1, bar(8).open_time, bar(99).open_time) == [bar(8).open_time, bar(9).open_time]
    assert last_open_time(row, Interval.M1) == bar(9).open_time
    assert last_open_time(row, Interval.H1) is None


def test_registering_again_refreshes_the_grid_and_keeps_the_row() -> None:
    both = [crypto(), crypto("ETHUSDT")]
    first = register_instruments(venue="paper", instruments=both, universe=["ETHUSDT", "BTCUSDT"])
    assert [item.symbol for item in first] == ["ETHUSDT", "BTCUSDT"]
    changed = replace(both[1], tick_size=Decimal("0.05"), status=InstrumentStatus.HALT)
    again = register_instruments(venue="paper", instruments=[changed], universe=["ETHUSDT"])
    assert (again[0].pk, again[0].tick_size, again[0].status) == (first[0].pk, Decimal("0.05"), "HALT")
    assert not InstrumentRow.objects.get(symbol="BTCUSDT").is_in_universe


def test_a_symbol_the_market_does_not_have_changes_nothing() -> None:
    with pytest.raises(BadInput, match="does not have XXXUSDT; it has BTCUSDT"):
        register_instruments(venue="paper", instruments=[crypto()], universe=["BTCUSDT", "XXXUSDT"])
    with pytest.raises(BadInput, match="an empty universe"):
        register_instruments(venue="paper", instruments=[crypto()], universe=[])
    assert InstrumentRow.objects.count() == 0


def test_storing_the_bars_of_a_cycle_is_one_statement(
    row: InstrumentRow, django_assert_max_num_queries: Callable[..., AbstractContextManager[object]]
) -> None:
    with django_assert_max_num_queries(3):
        store_bars(rows_by_symbol={"BTCUSDT": row}, bars=bars(50), source="x")
    assert last_open_time(row, Interval.M1) == bar(49).open_time
