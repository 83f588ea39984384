"""Numbers and moments as people read them: grouped, signed, with the digits that matter. Never used for reckoning."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from autotrader.lib.canonical import iso_utc
from autotrader.lib.money import plain

register = template.Library()

NOTHING = "–"
MINUS = "−"
HUNDRED = Decimal(100)
SMALL = Decimal(1)
SMALL_DIGITS = 4
HOUR, DAY = 3600, 86400


@register.filter
def money(value: Decimal | None) -> str:
    """1234.5 -> 1,234.50; amounts below one keep four significant digits."""
    if value is None:
        return NOTHING
    return _with_minus(_grouped(value))


@register.filter
def signed_money(value: Decimal | None) -> str:
    """+12.30, −4.00, 0.00."""
    return NOTHING if value is None else _sign(value) + _grouped(abs(value))


@register.filter
def percent(value: Decimal | None, places: int = 2) -> str:
    """A fraction as percent: 0.0312 -> 3.12 %."""
    if value is None:
        return NOTHING
    return _with_minus(f"{_rounded(value * HUNDRED, places):,}") + "\u00a0%"


@register.filter
def signed_percent(value: Decimal | None, places: int = 2) -> str:
    if value is None:
        return NOTHING
    rounded = _rounded(value * HUNDRED, places)
    return _sign(rounded) + f"{abs(rounded):,}\u00a0%"


@register.filter
def short_percent(value: Decimal | None) -> str:
    """A fraction as percent without needless zeros: 0.05 -> 5 %, 0.625 -> 62.5 %."""
    return NOTHING if value is None else _with_minus(plain(_rounded(value * HUNDRED, 2))) + "\u00a0%"


@register.filter
def quantity(value: Decimal | None) -> str:
    """An amount of a thing, every digit it has."""
    if value is None:
        return NOTHING
    return _with_minus(_group_whole(plain(value)))


@register.filter
def whole(value: int | None) -> str:
    """43200 -> 43,200."""
    return NOTHING if value is None else _with_minus(f"{value:,}")


@register.filter
def price(value: Decimal | None, tick_size: Decimal | None = None) -> str:
    """A price with the digits of its venue's grid."""
    if value is None:
        return NOTHING
    if tick_size is None:
        return _with_minus(_grouped(value))
    exponent = tick_size.normalize().as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    return _with_minus(f"{_rounded(value, places):,}")


@register.filter
def tone(value: Decimal | None) -> str:
    """The class of a figure: up, down or flat."""
    if not value:
        return "flat"
    return "up" if value > 0 else "down"


@register.filter
def duration(value: timedelta | None) -> str:
    """45 s, 12 min, 3 h 20 min, 2 d 4 h."""
    if value is None:
        return NOTHING
    seconds = max(0, int(value.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // HOUR, seconds // DAY
    if days:
        return f"{days} d {hours % 24} h"
    if hours:
        return f"{hours} h {minutes % 60} min"
    return f"{minutes} min" if minutes else f"{seconds} s"


@register.simple_tag
def moment(value: datetime | None, form: str = "both") -> SafeString | str:
    """A `<time>` that the page's script puts into the viewer's zone; without script it says UTC.

    `form` is `both`, `clock`, `minute`, `date` or `ago`.
    """
    if value is None:
        return NOTHING
    return format_html(
        '<time datetime="{}" data-moment="{}">{}</time>', iso_utc(value), form, f"{value:%Y-%m-%d %H:%M:%S} UTC"
    )


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: Any) -> str:
    """The present address's query with some values changed; empty values are left out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query[name] = "" if value is None else str(value)
    kept = {name: value for name, value in query.items() if value != ""}
    query.clear()
    query.update(kept)
    return f"?{query.urlencode()}"


def _grouped(value: Decimal) -> str:
    if value and abs(value) < SMALL:
        places = SMALL_DIGITS - 1 - value.adjusted()
        return f"{_rounded(value, min(places, 10)):f}"
    return f"{_rounded(value, 2):,}"


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-int(places)), rounding=ROUND_HALF_EVEN)


def _group_whole(text: str) -> str:
    whole, point, fraction = text.partition(".")
    return f"{int(whole):,}" + point + fraction if abs(int(whole)) else text


def _sign(value: Decimal) -> str:
    if not value:
        return ""
    return "+" if value > 0 else MINUS


def _with_minus(text: str) -> str:
    return MINUS + text[1:] if text.startswith("-") else text
