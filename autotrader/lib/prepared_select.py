"""A reading statement over one table, written once: for what the loop asks every second, where building the ORM's query
costs ten times its execution.

Values come back converted exactly as the ORM would (exact decimals, aware stamps). Used only where a profile says so.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models

Convert = Callable[[Any], Any]


class PreparedSelect:
    """`columns` are attribute names such as "instrument_id"; `tail` is all that follows FROM, with `%s` for values.

    `tail` is written in the SQL that SQLite and PostgreSQL share, and never holds a value of its own from outside.
    """

    def __init__(self, model: type[models.Model], columns: Sequence[str], tail: str) -> None:
        self._model = model
        self._fields = [_field(model, name) for name in columns]
        names = ", ".join(f'"{field.column}"' for field in self._fields)
        self._statement = f'SELECT {names} FROM "{model._meta.db_table}" {tail}'  # noqa: S608 - names of our own models

    def rows(self, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows for `values`, one for each `%s`."""
        adapt = connection.ops.adapt_datetimefield_value
        with connection.cursor() as cursor:
            cursor.execute(self._statement, [adapt(item) if isinstance(item, datetime) else item for item in values])
            found = cursor.fetchall()
        if not found:
            return []
        converters = self._converters(connection.vendor)
        return [
            tuple(
                value if convert is None or value is None else convert(value)
                for convert, value in zip(converters, row, strict=True)
            )
            for row in found
        ]

    @lru_cache(maxsize=4)  # noqa: B019 - statements are made at import and live as long as the process
    def _converters(self, vendor: str) -> tuple[Convert | None, ...]:
        return tuple(_converter(field) for field in self._fields)


def _field(model: type[models.Model], name: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == name)


def _converter(field: Any) -> Convert | None:
    """All of the database's and the field's own conversions as one call; None when there is none."""
    column = field.get_col(field.model._meta.db_table)
    steps = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
    if not steps:
        return None

    def convert(value: Any) -> Any:
        for step in steps:
            value = step(value, column, connection)
        return value

    return convert
