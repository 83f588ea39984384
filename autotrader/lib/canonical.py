"""One value, one sequence of bytes: canonical JSON for hashes, so that equal content always hashes equal.

Keys sorted, no spaces, UTF-8, no NaN. Decimals become plain text, moments ISO 8601 in UTC with a Z.
"""

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

import orjson

from autotrader.lib.money import plain

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME


def canonical_json(value: Any) -> bytes:
    """`value` as canonical JSON bytes. Raises TypeError for what JSON cannot carry exactly."""
    return orjson.dumps(value, default=_encode, option=_OPTIONS)


def content_hash(value: Any) -> str:
    """The SHA-256 of `value`'s canonical JSON, 64 hex digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


@lru_cache(maxsize=256)
def iso_utc(moment: datetime) -> str:
    """`moment` as ISO 8601 in UTC with a Z, microseconds only when there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _encode(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return iso_utc(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"{type(value).__name__} has no canonical JSON form")
