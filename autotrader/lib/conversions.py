"""A field's value as the database driver takes it, and back, in one call: the same conversions as the ORM's.

A number that the column could not keep exactly, a float among them, is refused as the field itself refuses it.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson
from django.db import connection, models

from autotrader.lib.fields import ExactDecimalField
from autotrader.lib.money import plain, tidy

Convert = Callable[[Any], Any]


def writer(field: Any) -> Convert | None:
    """What brings a value of `field` to the present database; None when nothing needs to be done."""
    if isinstance(field, models.ForeignKey):
        return writer(field.target_field)
    if isinstance(field, ExactDecimalField):
        return _exact_writer(field)
    if isinstance(field, models.DateTimeField):
        return _stamp_writer()
    if isinstance(field, models.JSONField):
        return json_text
    return None


def _stamp_writer() -> Convert:
    @lru_cache(maxsize=64)
    def write(moment: Any) -> Any:
        return connection.ops.adapt_datetimefield_value(moment)

    return write


def _exact_writer(field: ExactDecimalField) -> Convert:
    form = plain if connection.vendor == "sqlite" else tidy

    def write(value: Any) -> Any:
        number = field.get_prep_value(value)
        return form(number) if isinstance(number, Decimal) else number

    return write


def reader(field: Any) -> Convert | None:
    """All of the database's and the field's own conversions of a value that was read; None when there is none."""
    if isinstance(field, ExactDecimalField):
        return Decimal if connection.vendor == "sqlite" else None
    column = field.get_col(field.model._meta.db_table)
    steps = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
    if not steps:
        return None

    def convert(value: Any) -> Any:
        for step in steps:
            value = step(value, column, connection)
        return value

    # The rows of one cycle share their stamps.
    return lru_cache(maxsize=512)(convert) if isinstance(field, models.DateTimeField) else convert


def json_text(value: Any) -> str:
    """`value` as JSON text; Decimals become plain text. Raises TypeError for what JSON cannot carry."""
    return orjson.dumps(value, default=_encode).decode()


def _encode(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
