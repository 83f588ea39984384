"""Plain statements for the rows of every cycle, where building the ORM's query costs more than running it.

Statements are written in the SQL that SQLite and PostgreSQL share, with `%s` for every value. Used only where a
profile says so; everything else goes through the ORM.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection


def execute(statement: str, values: Sequence[Any]) -> int:
    """Run a writing statement; the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, _adapted(values))
        return int(cursor.rowcount)


def fetch(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a reading statement, as the driver gives them: on SQLite stamps and exact decimals are text."""
    with connection.cursor() as cursor:
        cursor.execute(statement, _adapted(values))
        return list(cursor.fetchall())


def _adapted(values: Sequence[Any]) -> list[Any]:
    adapt = connection.ops.adapt_datetimefield_value
    return [adapt(value) if isinstance(value, datetime) else value for value in values]
