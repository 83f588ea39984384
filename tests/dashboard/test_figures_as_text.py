"""Numbers and moments as people read them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from dashboard.templatetags import figures


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1234567.891"), "1,234,567.89"),
        (Decimal("-4.005"), "−4.00"),
        (Decimal("0.000123456"), "0.0001235"),
        (Decimal(0), "0.00"),
        (None, "–"),
    ],
)
def test_money_is_grouped_and_small_sums_keep_their_digits(value: Decimal | None, text: str) -> None:
    assert figures.money(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(Decimal("12.3"), "+12.30"), (Decimal("-4"), "−4.00"), (Decimal(0), "0.00"), (None, "–")]
)
def test_results_carry_their_sign(value: Decimal | None, text: str) -> None:
    assert figures.signed_money(value) == text


def test_fractions_are_shown_as_percent() -> None:
    assert figures.percent(Decimal("0.0312")) == "3.12\u00a0%"
    assert figures.percent(Decimal("-0.5"), 0) == "−50\u00a0%"
    assert figures.signed_percent(Decimal("0.0312")) == "+3.12\u00a0%"
    assert figures.signed_percent(Decimal("-0.0312")) == "−3.12\u00a0%"
    assert figures.percent(None) == figures.signed_percent(None) == figures.short_percent(None) == "–"


def test_a_change_that_rounds_to_nothing_has_no_sign() -> None:
    assert figures.signed_percent(Decimal("0.000001")) == "0.00\u00a0%"


def test_short_percent_leaves_needless_zeros_out() -> None:
    assert figures.short_percent(Decimal("0.05")) == "5\u00a0%"
    assert figures.short_percent(Decimal("0.6250")) == "62.5\u00a0%"


def test_prices_have_the_digits_of_their_grid() -> None:
    assert figures.price(Decimal("67250.1"), Decimal("0.01")) == "67,250.10"
    assert figures.price(Decimal("0.13820"), Decimal("0.00001")) == "0.13820"
    assert figures.price(Decimal("100"), Decimal("5")) == "100"
    assert figures.price(Decimal("67250.1")) == "67,250.10"
    assert figures.price(None, Decimal("0.01")) == "–"


def test_quantities_keep_every_digit() -> None:
    assert figures.quantity(Decimal("0.02116000")) == "0.02116"
    assert figures.quantity(Decimal("10516.5")) == "10,516.5"
    assert figures.quantity(Decimal("-0.5")) == "−0.5"
    assert figures.quantity(None) == "–"


def test_counts_are_grouped() -> None:
    assert figures.whole(43200) == "43,200"
    assert figures.whole(None) == "–"


@pytest.mark.parametrize(
    ("value", "tone"), [(Decimal(1), "up"), (Decimal(-1), "down"), (Decimal(0), "flat"), (None, "flat")]
)
def test_the_tone_follows_the_sign(value: Decimal | None, tone: str) -> None:
    assert figures.tone(value) == tone


@pytest.mark.parametrize(
    ("seconds", "text"), [(45, "45 s"), (720, "12 min"), (12000, "3 h 20 min"), (187200, "2 d 4 h"), (-5, "0 s")]
)
def test_durations_are_said_in_two_words(seconds: int, text: str) -> None:
    assert figures.duration(timedelta(seconds=seconds)) == text


def test_no_duration_is_a_dash() -> None:
    assert figures.duration(None) == "–"


def test_a_moment_is_utc_for_those_without_script() -> None:
    moment = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    expected = '<time datetime="2026-03-04T05:06:07Z" data-moment="ago">2026-03-04 05:06:07 UTC</time>'
    assert figures.moment(moment, "ago") == expected
    assert figures.moment(None) == "–"


def test_a_link_keeps_the_other_filters() -> None:
    request = RequestFactory().get("/decisions/?symbol=BTCUSDT&page=3")
    template = Template("{% load figures %}{% with_query acting='1' page='' %}")
    assert template.render(Context({"request": request})) == "?symbol=BTCUSDT&amp;acting=1"
