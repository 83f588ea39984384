"""Reading the reference files: columns as printed, and what a printed number proves.

The files were made in single precision: recomputed from single-precision prices they agree to the last printed
digit, recomputed from double-precision prices they do not. So at most seven digits of a printed number count.
"""

import csv
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from tests.shared_data import shared_file

Floats = NDArray[np.float64]
SINGLE_PRECISION_DIGITS = 7


@dataclass(frozen=True)
class Reference:
    columns: dict[str, list[str]]

    def printed(self, name: str) -> list[str]:
        return self.columns[name]

    def double(self, name: str) -> Floats:
        return np.array([float(text) if text not in ("", "NaN") else np.nan for text in self.columns[name]])

    def single(self, name: str) -> Floats:
        """The column as a single-precision program read it."""
        return self.double(name).astype(np.float32).astype(np.float64)


def reference(name: str) -> Reference:
    with shared_file("indicators", name).open(newline="", encoding="utf-8-sig") as file:
        header, *rows = csv.reader(file)
    names = [cell.strip() for cell in header]
    return Reference({n: [row[i].strip() if i < len(row) else "" for row in rows] for i, n in enumerate(names)})


def last_digit(text: str, digits: int = SINGLE_PRECISION_DIGITS) -> float:
    """One unit of the last digit of `text` that counts."""
    number = Decimal(text)
    printed = Decimal(1).scaleb(int(number.as_tuple().exponent))
    counted = Decimal(1).scaleb(number.adjusted() - digits + 1) if number else printed
    return float(max(printed, counted))


def furthest_off(ours: Floats, printed: list[str], units: Floats | None = None) -> float:
    """The greatest difference to a printed value, in units of its last digit (or in `units`)."""
    worst = 0.0
    for row, text in enumerate(printed):
        if text not in ("", "NaN"):
            unit = last_digit(text) if units is None else units[row]
            off = abs(ours[row] - float(text)) / unit
            worst = max(worst, off if np.isfinite(off) else np.inf)
    return worst


def first_row(printed: list[str]) -> int:
    return next(row for row, text in enumerate(printed) if text not in ("", "NaN"))


def first_value(ours: Floats) -> int:
    return int(np.flatnonzero(~np.isnan(ours))[0])
