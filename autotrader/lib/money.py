"""Exact decimal arithmetic for money and quantities. Floats never enter: no `Decimal(float)` anywhere."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal, localcontext

ZERO = Decimal(0)
ONE = Decimal(1)
BASIS_POINT = Decimal("0.0001")

MAX_DECIMAL_PLACES = 18
MAX_DIGITS = 38

MONEY_CONTEXT = Context(prec=60, rounding=ROUND_HALF_EVEN)


def floor_to_step(value: Decimal, step: Decimal) -> Decimal:
    """The largest multiple of `step` that is not above `value` (order-safety.md 2.5). `step` must be positive."""
    return _round_to_step(value, step, ROUND_FLOOR)


def ceil_to_step(value: Decimal, step: Decimal) -> Decimal:
    """The smallest multiple of `step` that is not below `value`. `step` must be positive."""
    return _round_to_step(value, step, ROUND_CEILING)


def nearest_step(value: Decimal, step: Decimal) -> Decimal:
    """The multiple of `step` nearest to `value`, ties to even. `step` must be positive."""
    return _round_to_step(value, step, ROUND_HALF_EVEN)


def is_multiple(value: Decimal, step: Decimal) -> bool:
    """Whether `value` is a whole number of `step`s."""
    return value % step == 0


def plain(value: Decimal) -> str:
    """`value` as text without exponent and without trailing zeros: one number, one text."""
    if value == 0:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def tidy(value: Decimal) -> Decimal:
    """The same number in its one canonical form (see `plain`)."""
    return Decimal(plain(value))


def round_money(value: Decimal, places: int = MAX_DECIMAL_PLACES) -> Decimal:
    """`value` rounded half-even to `places` decimal places: for quotients, which need not end."""
    return tidy(value.quantize(Decimal(1).scaleb(-places), context=MONEY_CONTEXT))


def divide(numerator: Decimal, denominator: Decimal, places: int = MAX_DECIMAL_PLACES) -> Decimal:
    """The quotient rounded half-even to `places` decimal places, the same on every machine."""
    with localcontext(MONEY_CONTEXT):
        return round_money(numerator / denominator, places)


def _round_to_step(value: Decimal, step: Decimal, rounding: str) -> Decimal:
    if step <= 0:
        raise ValueError(f"a step must be positive, not {step}")
    with localcontext(MONEY_CONTEXT):
        steps = (value / step).to_integral_value(rounding=rounding)
        return tidy(steps * step)
