"""Every column of every reference file, to its printed digits (one unit of the last digit that counts).

`spy_ohlcv.csv` holds only bars. The OBV column of `spy_with_indicators.csv` has no volumes beside it, so only its
rule can be checked.
"""

import numpy as np
import pytest

from tests.trading.indicators.reference import (
    Reference,
    first_row,
    first_value,
    furthest_off,
    last_digit,
    reference,
)
from trading.domain.indicators import batch

ONE_DIGIT = 1.0


def bars(file: Reference) -> tuple[batch.Floats, batch.Floats, batch.Floats]:
    return file.single("High"), file.single("Low"), file.single("Close")


def test_simple_atr_equals_the_reference_file() -> None:
    file = reference("spy_atr.csv")
    ours = batch.atr_simple(*bars(file), 14)
    printed = file.printed("Average True Range 14")
    assert furthest_off(ours, printed) <= ONE_DIGIT
    assert first_value(ours) == first_row(printed) == 14


def test_bollinger_bands_equal_the_reference_file() -> None:
    file = reference("spy_bollinger_bands.csv")
    ours = batch.bollinger(file.double("Close"), 20, 2.0)
    assert furthest_off(ours.middle, file.printed("Moving Average 20")) <= ONE_DIGIT
    assert furthest_off(ours.upper, file.printed("Bollinger Bands® 20 2 Top")) <= ONE_DIGIT
    assert furthest_off(ours.lower, file.printed("Bollinger Bands® 20 2 Bottom")) <= ONE_DIGIT
    assert furthest_off(ours.percent_b, file.printed("%B")) <= ONE_DIGIT
    assert first_value(ours.upper) == first_row(file.printed("%B")) == 19


def test_bandwidth_equals_the_quotient_of_the_printed_bands() -> None:
    """It was made from bands of four digits: half a unit of each band, as percent of the middle, comes on top."""
    file = reference("spy_bollinger_bands.csv")
    ours = batch.bollinger(file.double("Close"), 20, 2.0)
    unit = 0.0001 + 100 * 0.0001 / ours.middle
    assert furthest_off(ours.bandwidth, file.printed("BandWidth"), unit) <= ONE_DIGIT


def test_ema_equals_the_double_precision_reference_to_every_printed_digit() -> None:
    file = reference("spy_ema.csv")
    printed = file.printed("EMA14")
    ours = batch.ema(file.double("close"), 14)
    assert first_value(ours) == first_row(printed) == 13
    known = np.array([float(text) for text in printed[13:]])
    np.testing.assert_allclose(ours[13:], known, rtol=5e-16)


@pytest.mark.parametrize(
    ("column", "indicator", "first"),
    [
        ("SMA14", lambda close: batch.sma(close, 14), 13),
        ("EMA14", lambda close: batch.ema(close, 14), 13),
        ("RSI 14 Wilder", lambda close: batch.rsi(close, 14), 14),
    ],
)
def test_averages_and_wilders_rsi_equal_the_reference_file(column, indicator, first) -> None:
    file = reference("spy_with_indicators.csv")
    ours, printed = indicator(file.double("Close")), file.printed(column)
    assert furthest_off(ours, printed) <= ONE_DIGIT
    assert first_value(ours) == first_row(printed) == first


def test_simple_rsi_equals_the_reference_file() -> None:
    """The file begins one row later than the first fourteen changes are known."""
    file = reference("spy_with_indicators.csv")
    ours, printed = batch.rsi_simple(file.single("Close"), 14), file.printed("RSI 14")
    assert furthest_off(ours, printed) <= ONE_DIGIT
    assert (first_value(ours), first_row(printed)) == (14, 15)


def test_macd_line_equals_the_reference_file() -> None:
    """A difference is as exact as what it is made of: single-precision averages of prices near 15,000."""
    file = reference("spy_with_indicators.csv")
    ours, printed = batch.macd(file.double("Close")).macd, file.printed("MACD 12 26")
    unit = np.array([last_digit(f"{close:.4f}") for close in file.double("Close")])
    assert furthest_off(ours, printed, unit) <= ONE_DIGIT
    assert first_value(ours) == first_row(printed) == 25


def test_macd_with_signal_and_histogram_equals_the_reference_file() -> None:
    """The file leaves its first 179 rows out, so the start of the averages is proven by the values after it."""
    file = reference("spy_with_macd.csv")
    ours = batch.macd(file.single("Close"))
    assert furthest_off(ours.macd, file.printed("MACD")) <= ONE_DIGIT
    assert furthest_off(ours.signal, file.printed("Signal")) <= ONE_DIGIT
    terms = [(m, s) for m, s in zip(file.printed("MACD"), file.printed("Signal"), strict=True)]
    unit = np.array([last_digit(m) + last_digit(s) if m and s else np.nan for m, s in terms])
    assert furthest_off(ours.histogram, file.printed("Histogram"), unit) <= ONE_DIGIT


def test_obv_equals_the_reference_file() -> None:
    """Volumes are printed with seven digits, so the sum may be off by half a unit of each volume so far."""
    file = reference("spy_with_obv.csv")
    ours, printed = batch.obv(file.double("Close"), file.double("Volume")), file.printed("OBV")
    rounding = np.cumsum([last_digit(text) / 2 for text in file.printed("Volume")])
    unit = rounding + np.array([last_digit(text) / 2 if text else 0.0 for text in printed])
    assert furthest_off(ours, printed, unit) <= ONE_DIGIT
    assert ours[0] == file.double("Volume")[0]
    assert ours[1] == float(printed[1])


def test_obv_without_volumes_moves_with_the_close_in_the_reference_file() -> None:
    file = reference("spy_with_indicators.csv")
    printed = file.double("OBV")
    steps = np.diff(printed[1:])
    moves = np.sign(np.diff(file.double("Close")[1:]))
    assert (np.sign(steps) * moves >= 0).all()
    volumes = np.concatenate(([0.0, printed[1]], np.abs(steps)))
    np.testing.assert_allclose(batch.obv(file.double("Close"), volumes)[1:], printed[1:])


def test_stochastic_equals_the_reference_file() -> None:
    file = reference("spy_with_stoch12k3.csv")
    ours = batch.stochastic(*bars(file), 12, 3, 5)
    assert furthest_off(ours.k, file.printed("Stochastics 12 %K 3")) <= ONE_DIGIT
    assert furthest_off(ours.d, file.printed("%D 5")) <= ONE_DIGIT
    assert first_value(ours.k) == first_row(file.printed("Stochastics 12 %K 3")) == 13
    assert first_value(ours.d) == first_row(file.printed("%D 5")) == 17


def test_moving_vwap_equals_the_reference_file() -> None:
    file = reference("spy_with_vwap.csv")
    price = batch.average_price(*(file.double(name) for name in ("Open", "High", "Low", "Close")))
    ours, printed = batch.moving_vwap(price, file.double("Volume"), 50), file.printed("Moving VWAP 50")
    assert furthest_off(ours, printed) <= ONE_DIGIT
    assert first_value(ours) == first_row(printed) == 49


def test_a_wrong_start_convention_would_be_seen() -> None:
    """The comparison can fail: the sample deviation and Wilder's ATR are not what the files hold."""
    file = reference("spy_bollinger_bands.csv")
    close = file.double("Close")
    sample = batch.sma(close, 20) + 2 * batch._population_deviation(close, 20) * np.sqrt(20 / 19)
    assert furthest_off(sample, file.printed("Bollinger Bands® 20 2 Top")) > 100
    ranges = reference("spy_atr.csv")
    assert furthest_off(batch.atr(*bars(ranges), 14), ranges.printed("Average True Range 14")) > 100
