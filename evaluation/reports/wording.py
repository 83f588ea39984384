"""Figures as a person reads them. What does not exist is a dash, never a zero."""

from datetime import timedelta
from decimal import Decimal

DASH = "–"
MINUS = "−"


def money(value: Decimal | None, *, signed: bool = False) -> str:
    """Two decimal places with thousands."""
    if value is None:
        return DASH
    return _minus(f"{value:+,.2f}" if signed else f"{value:,.2f}")


def percent(fraction: Decimal | float | None, *, signed: bool = False, places: int = 2) -> str:
    """A fraction of one as a percentage."""
    if fraction is None:
        return DASH
    value = fraction * 100
    return _minus(f"{value:+,.{places}f} %" if signed else f"{value:,.{places}f} %")


def number(value: Decimal | float | None, places: int = 2) -> str:
    return DASH if value is None else _minus(f"{value:,.{places}f}")


def span(length: timedelta | None) -> str:
    """A length of time in its two largest units."""
    if length is None:
        return DASH
    minutes = round(length.total_seconds() / 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def tone(value: Decimal | float | None) -> str:
    """The CSS class of a result: gain, loss or none."""
    if value is None or value == 0:
        return ""
    return "gain" if value > 0 else "loss"


def _minus(text: str) -> str:
    return text.replace("-", MINUS)
