"""Values as CSV cells that a spreadsheet shows as text or number and never runs as a formula.

A text that begins with = + - @, a tab or a carriage return gets an apostrophe in front (the OWASP rule on CSV
injection); numbers are written as numbers, so a loss keeps its plain minus sign.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from autotrader.lib.canonical import canonical_json, iso_utc
from autotrader.lib.money import plain

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that hands each written line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def cell(value: Any) -> str:
    """One value as the text of a cell; None is empty, a mapping or list is JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime):
        return iso_utc(value)
    if isinstance(value, date):
        return value.isoformat()
    return _safe(value if isinstance(value, str) else canonical_json(value).decode())


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The header and then each row as one CSV line (RFC 4180), made as they are asked for."""
    writer = csv.writer(_Echo())
    yield writer.writerow(header)
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def _safe(text: str) -> str:
    """`text` with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
