"""One value, one sequence of bytes."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autotrader.lib.canonical import canonical_json, content_hash, iso_utc

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


class Side(StrEnum):
    BUY = "BUY"


@given(values)
def test_it_reads_back_as_it_was(value: object) -> None:
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(st.text(max_size=8), st.integers(0, 9), min_size=2, max_size=6))
def test_the_order_of_keys_makes_no_difference(value: dict[str, int]) -> None:
    turned = dict(reversed(list(value.items())))
    assert canonical_json(turned) == canonical_json(value)
    assert content_hash(turned) == content_hash(value)


def test_how_each_kind_is_written() -> None:
    value = {
        "amount": Decimal("10.50"),
        "at": datetime(2026, 1, 2, 5, 0, tzinfo=timezone(timedelta(hours=2))),
        "day": date(2026, 1, 2),
        "side": Side.BUY,
        "word": "é",
    }
    expected = '{"amount":"10.5","at":"2026-01-02T03:00:00Z","day":"2026-01-02","side":"BUY","word":"é"}'
    assert canonical_json(value) == expected.encode()


def test_equal_numbers_hash_equal() -> None:
    assert content_hash([Decimal("1.0")]) == content_hash([Decimal("1.000")]) != content_hash([Decimal("1.01")])


def test_the_hash_is_sha256_of_the_bytes() -> None:
    assert content_hash({"id": "i-1"}) == hashlib.sha256(b'{"id":"i-1"}').hexdigest()


@pytest.mark.parametrize("value", [{1, 2}, object(), b"bytes", {1: "a"}, 2**70])
def test_what_json_cannot_carry_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


def test_a_moment_shows_microseconds_only_when_it_has_some() -> None:
    assert iso_utc(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "2026-01-02T03:04:05Z"
    assert iso_utc(datetime(2026, 1, 2, 3, 4, 5, 60, tzinfo=UTC)) == "2026-01-02T03:04:05.000060Z"
