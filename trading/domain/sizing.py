"""How much to buy (M24): a base size, multiplied by how sure and how right we have been, then cut by every limit.

Multipliers may only shrink a size until somebody has calibrated them: their product is capped at
`UNCALIBRATED_MULTIPLIER_CAP` (order-safety.md, end of section 6). Every cut is recorded with before and after.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from autotrader.lib.errors import BadInput
from autotrader.lib.money import ONE, ZERO, divide, plain
from trading.domain.clamp import Clamp
from trading.domain.instrument import Instrument

UNCALIBRATED_MULTIPLIER_CAP = Decimal("1.0")
MULTIPLIER_CAP_CEILING = Decimal("1.8")
"""1.5 x 1.2: no setting can lift the cap above what the two rules can give together."""

ALLOCATION_DIVISOR = Decimal(10)
SURE_ABOVE, SURE_MULTIPLIER = Decimal("0.90"), Decimal("1.5")
UNSURE_BELOW, UNSURE_MULTIPLIER = Decimal("0.75"), Decimal("0.7")
WINNING_ABOVE, WINNING_MULTIPLIER = Decimal("0.60"), Decimal("1.2")
LOSING_BELOW, LOSING_MULTIPLIER = Decimal("0.40"), Decimal("0.8")


@dataclass(frozen=True, slots=True)
class SizingInput:
    """What a size is made of. `capital` in quote units; `entry_price` is the worst price we would pay.

    `recent_win_rate` is None while there are too few trades to speak of one. Raises BadInput for a capital, price,
    confidence or cap that cannot be.
    """

    instrument: Instrument
    capital: Decimal
    entry_price: Decimal
    confidence: Decimal
    allocation_fraction: Decimal
    max_position_fraction: Decimal
    recent_win_rate: Decimal | None = None
    multiplier_cap: Decimal = UNCALIBRATED_MULTIPLIER_CAP

    def __post_init__(self) -> None:
        _require("capital", self.capital, low=ZERO)
        _require("confidence", self.confidence, low=ZERO, high=ONE)
        _require("multiplier_cap", self.multiplier_cap, low=ZERO, high=MULTIPLIER_CAP_CEILING)
        _require("allocation_fraction", self.allocation_fraction, low=ZERO, high=ONE)
        _require("max_position_fraction", self.max_position_fraction, low=ZERO, high=ONE)
        if self.recent_win_rate is not None:
            _require("recent_win_rate", self.recent_win_rate, low=ZERO, high=ONE)
        if not self.entry_price.is_finite() or self.entry_price <= 0:
            raise BadInput(f"entry_price is {self.entry_price}; it must be above 0")


@dataclass(frozen=True, slots=True)
class SizedEntry:
    """The size in base units on the lot grid; 0 with a `refusal` when the venue would not take so little.

    `base_notional` and `multiplier` (before its cap) are for the page and the audit trail.
    """

    quantity: Decimal
    clamps: tuple[Clamp, ...]
    refusal: str = ""
    base_notional: Decimal = ZERO
    multiplier: Decimal = ONE
    factors: tuple[str, ...] = field(default=())


def size_entry(sizing: SizingInput) -> SizedEntry:
    """The quantity to buy, with every cut that was made on the way."""
    base = sizing.capital * sizing.allocation_fraction / ALLOCATION_DIVISOR
    multiplier, factors = _multiplier(sizing)
    wanted = base * multiplier
    clamps: list[Clamp] = []
    notional = _clamped(clamps, "multiplier_cap", wanted, base * sizing.multiplier_cap, _cap_reason(sizing))
    most = sizing.capital * sizing.max_position_fraction
    notional = _clamped(clamps, "max_position_size", notional, most, _position_reason(sizing))
    quantity = _on_the_lot_grid(clamps, divide(notional, sizing.entry_price), sizing.instrument)
    refusal = refusal_of_small_size(quantity, sizing.entry_price, sizing.instrument)
    return SizedEntry(ZERO if refusal else quantity, tuple(clamps), refusal, base, multiplier, factors)


def refusal_of_small_size(quantity: Decimal, price: Decimal, instrument: Instrument) -> str:
    """Why the venue would not take so small an order; empty when it would."""
    if quantity <= 0 or quantity < instrument.min_quantity:
        return f"{plain(quantity)} {instrument.base} is below the least quantity {plain(instrument.min_quantity)}"
    if quantity * price < instrument.min_notional:
        worth, least = plain(quantity * price), plain(instrument.min_notional)
        return f"{worth} {instrument.quote} is below the least order value {least}"
    return ""


def _multiplier(sizing: SizingInput) -> tuple[Decimal, tuple[str, ...]]:
    by_confidence, by_wins = _confidence_factor(sizing.confidence), _win_rate_factor(sizing.recent_win_rate)
    named = (("confidence", by_confidence), ("recent win rate", by_wins))
    return by_confidence * by_wins, tuple(f"{name} x{plain(factor)}" for name, factor in named if factor != ONE)


def _confidence_factor(confidence: Decimal) -> Decimal:
    if confidence > SURE_ABOVE:
        return SURE_MULTIPLIER
    return UNSURE_MULTIPLIER if confidence < UNSURE_BELOW else ONE


def _win_rate_factor(win_rate: Decimal | None) -> Decimal:
    if win_rate is None:
        return ONE
    if win_rate > WINNING_ABOVE:
        return WINNING_MULTIPLIER
    return LOSING_MULTIPLIER if win_rate < LOSING_BELOW else ONE


def _clamped(clamps: list[Clamp], rule: str, before: Decimal, most: Decimal, reason: str) -> Decimal:
    if before <= most:
        return before
    clamps.append(Clamp(rule, before, most, reason, unit="quote"))
    return most


def _on_the_lot_grid(clamps: list[Clamp], before: Decimal, instrument: Instrument) -> Decimal:
    after = instrument.floor_quantity(before)
    if after < before:
        clamps.append(Clamp("lot_size", before, after, f"quantities come in steps of {plain(instrument.lot_size)}"))
    return after


def _cap_reason(sizing: SizingInput) -> str:
    return f"multipliers may reach {plain(sizing.multiplier_cap)} together until they are calibrated"


def _position_reason(sizing: SizingInput) -> str:
    return f"a position may be {plain(sizing.max_position_fraction * 100)} % of the portfolio"


def _require(name: str, value: Decimal, *, low: Decimal, high: Decimal | None = None) -> None:
    if not value.is_finite() or value < low or (high is not None and value > high):
        accepted = f"at least {low}" if high is None else f"{low} to {high}"
        raise BadInput(f"{name} is {value}; accepted is {accepted}")
