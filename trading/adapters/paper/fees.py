"""What the paper venue takes for an execution: small objects that can be swapped."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from autotrader.lib.money import ZERO, round_money
from trading.domain.instrument import AssetClass, Instrument
from trading.domain.order import Side

COMMISSION_PLACES = 8


@dataclass(frozen=True, slots=True)
class Commission:
    """`amount` is never negative, in units of `asset`."""

    amount: Decimal
    asset: str


class FeeModel(Protocol):
    """Answers what one execution costs. Pure: the same question has the same answer."""

    @property
    def in_base(self) -> bool:
        """Whether a buy pays in the base asset (as on Binance spot), so that less than the quantity arrives."""
        ...

    def commission(
        self, *, instrument: Instrument, side: Side, quantity: Decimal, price: Decimal, is_maker: bool
    ) -> Commission: ...


@dataclass(frozen=True, slots=True)
class RateFees:
    """A fraction of what is received or paid, rounded to 8 places. 0.1 % is the first tier of Binance spot."""

    maker: Decimal = Decimal("0.001")
    taker: Decimal = Decimal("0.001")
    in_base: bool = True

    def commission(
        self, *, instrument: Instrument, side: Side, quantity: Decimal, price: Decimal, is_maker: bool
    ) -> Commission:
        rate = self.maker if is_maker else self.taker
        if side is Side.BUY and self.in_base:
            return Commission(round_money(quantity * rate, COMMISSION_PLACES), instrument.base)
        return Commission(round_money(quantity * price * rate, COMMISSION_PLACES), instrument.quote)


@dataclass(frozen=True, slots=True)
class PerShareFees:
    """So much for a share with a least and a greatest charge for an execution (as Interactive Brokers' fixed plan)."""

    per_share: Decimal = Decimal("0.005")
    least: Decimal = Decimal("1")
    greatest_fraction: Decimal = Decimal("0.01")
    in_base: bool = False

    def commission(
        self, *, instrument: Instrument, side: Side, quantity: Decimal, price: Decimal, is_maker: bool
    ) -> Commission:
        amount = min(max(quantity * self.per_share, self.least), quantity * price * self.greatest_fraction)
        return Commission(round_money(amount, COMMISSION_PLACES), instrument.quote)


@dataclass(frozen=True, slots=True)
class FeesByAssetClass:
    """The default: crypto pays a rate (in base when it buys), a stock pays by the share in its currency."""

    crypto: FeeModel = RateFees()
    stock: FeeModel = PerShareFees()

    @property
    def in_base(self) -> bool:
        return self.crypto.in_base

    def commission(
        self, *, instrument: Instrument, side: Side, quantity: Decimal, price: Decimal, is_maker: bool
    ) -> Commission:
        model = self.stock if instrument.asset_class is AssetClass.STOCK else self.crypto
        return model.commission(instrument=instrument, side=side, quantity=quantity, price=price, is_maker=is_maker)


@dataclass(frozen=True, slots=True)
class NoFees:
    """A venue that takes nothing."""

    in_base: bool = False

    def commission(
        self, *, instrument: Instrument, side: Side, quantity: Decimal, price: Decimal, is_maker: bool
    ) -> Commission:
        return Commission(ZERO, instrument.quote)
