"""Many rows in one statement, at the speed of the database driver: for the tables the loop writes every cycle.

Values go through the same conversions as the ORM's (exact decimals, UTC stamps, JSON), but model defaults,
signals and `save()` do not run: every column is given by the caller.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson
from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper

from autotrader.lib.fields import ExactDecimalField
from autotrader.lib.money import plain, tidy

Convert = Callable[[Any], Any]


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert `rows` (values in the order of `columns`, which are attribute names such as "cycle_id").

    Raises django.db.IntegrityError when a constraint refuses one; then none is kept (inside `atomic`).
    """
    connection = connections[router.db_for_write(model)]
    statement, converters = _plan(model, tuple(columns), connection.alias, connection.vendor)
    values = [[_converted(convert, value) for convert, value in zip(converters, row, strict=True)] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


@lru_cache(maxsize=32)
def _plan(
    model: type[models.Model], columns: tuple[str, ...], alias: str, vendor: str
) -> tuple[str, tuple[Convert | None, ...]]:
    connection = connections[alias]
    fields = [_field(model, column) for column in columns]
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    holes = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({names}) VALUES ({holes})", tuple(_converter(f, connection) for f in fields)  # noqa: S608 - names of our own models, values are bound


def _field(model: type[models.Model], column: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == column)


def _converter(field: Any, connection: BaseDatabaseWrapper) -> Convert | None:
    if isinstance(field, ExactDecimalField):
        return _exact_text if connection.vendor == "sqlite" else _exact_number
    if isinstance(field, models.DateTimeField):
        return _stamp_converter(connection)
    if isinstance(field, models.JSONField):
        return json_text
    return None


def _converted(convert: Convert | None, value: Any) -> Any:
    return value if convert is None or value is None else convert(value)


def json_text(value: Any) -> str:
    """`value` as JSON text; Decimals become plain text. Raises TypeError for what JSON cannot carry."""
    return orjson.dumps(value, default=_encode).decode()


def _encode(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _exact_text(value: Any) -> str:
    return plain(Decimal(value))


def _exact_number(value: Any) -> Decimal:
    return tidy(Decimal(value))


def _stamp_converter(connection: BaseDatabaseWrapper) -> Convert:
    @lru_cache(maxsize=16)
    def convert(value: datetime) -> Any:
        return connection.ops.adapt_datetimefield_value(value)

    return convert
