"""The instruments of the simulated exchange: their grid and their temper, the same for the same symbol."""

import math
from dataclasses import dataclass
from decimal import Decimal

from trading.adapters.simulated.noise import uniforms
from trading.adapters.symbols import split_pair, us_stock
from trading.domain.instrument import AssetClass, Instrument

# Round numbers near which well-known symbols move, so that a page looks familiar. Not market data.
FAMILIAR_PRICES = {
    "BTCUSDT": 60_000.0,
    "ETHUSDT": 2_500.0,
    "SOLUSDT": 150.0,
    "BNBUSDT": 600.0,
    "XRPUSDT": 2.0,
    "ADAUSDT": 0.7,
    "DOGEUSDT": 0.2,
    "AVAXUSDT": 30.0,
    "LINKUSDT": 18.0,
    "DOTUSDT": 6.0,
}
CRYPTO_MIN_NOTIONAL = Decimal(5)
_PRICE_DIGITS = 5
_COARSEST_PRICE_PLACES = 2


@dataclass(frozen=True, slots=True)
class SimulatedAsset:
    """`daily_volatility` is the standard deviation of a day's log return in calm weather, `beta` its share in the
    market's moves, `turnover` a day's volume in quote units."""

    instrument: Instrument
    base_price: float
    daily_volatility: float
    beta: float
    turnover: float

    @property
    def price_places(self) -> int:
        return _places(self.instrument.tick_size)

    @property
    def lot_places(self) -> int:
        return _places(self.instrument.lot_size)


def simulated_asset(symbol: str) -> SimulatedAsset:
    """The asset behind `symbol`: a crypto pair when it ends in a stable coin, else a US stock."""
    pair = split_pair(symbol)
    level, temper, lean, size = uniforms(4, "asset", symbol).tolist()
    turnover = 10 ** (7.5 + 1.5 * size)
    if pair is None:
        return SimulatedAsset(us_stock(symbol), 20.0 * 20**level, 0.010 + 0.008 * temper, 0.4 + 0.4 * lean, turnover)
    price = FAMILIAR_PRICES.get(symbol, 0.05 * 10 ** (4 * level))
    instrument = _pair_instrument(symbol, *pair, price)
    return SimulatedAsset(instrument, price, 0.014 + 0.009 * temper, 0.7 + 0.5 * lean, turnover)


def _pair_instrument(symbol: str, base: str, quote: str, price: float) -> Instrument:
    magnitude = math.floor(math.log10(price))
    lot = Decimal(1).scaleb(min(-magnitude - 1, 0))
    return Instrument(
        symbol=symbol,
        asset_class=AssetClass.CRYPTO,
        base=base,
        quote=quote,
        tick_size=Decimal(1).scaleb(-max(_PRICE_DIGITS - magnitude, _COARSEST_PRICE_PLACES)),
        lot_size=lot,
        min_quantity=lot,
        min_notional=CRYPTO_MIN_NOTIONAL,
    )


def _places(step: Decimal) -> int:
    exponent = step.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0
