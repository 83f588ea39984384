"""What a recording does not say about its instrument, inferred with care: crypto or stock, and the price grid.

Crypto takes the decimals seen in the file, Binance's usual 5 units of quote as least notional. A stock trades whole
shares in cents in the sessions of XNYS.
"""

from decimal import Decimal

from trading.adapters.recording.columns import Recording
from trading.domain.instrument import AssetClass, Instrument

STABLE_QUOTES = ("FDUSD", "USDT", "USDC", "BUSD", "TUSD")
EXCHANGE_QUOTES = ("BTC", "ETH", "BNB", "EUR", "TRY", "BRL", "USD")
CRYPTO_MIN_NOTIONAL = Decimal(5)
MOST_PLACES = 8
_SHORTEST_BASE = 2


def infer_instrument(recording: Recording) -> Instrument:
    """The instrument of a recording."""
    pair = split_pair(recording.symbol, any("binance" in path.name for path in recording.paths))
    if pair is None:
        return stock(recording.symbol)
    base, quote = pair
    tick_places = max(column.places for column in recording.prices)
    lot = _step(recording.volumes.places)
    return Instrument(
        symbol=recording.symbol,
        asset_class=AssetClass.CRYPTO,
        base=base,
        quote=quote,
        tick_size=_step(tick_places),
        lot_size=lot,
        min_quantity=lot,
        min_notional=CRYPTO_MIN_NOTIONAL,
    )


def stock(symbol: str) -> Instrument:
    """A US stock as every broker lists it: cents and whole shares, dollars, New York's sessions."""
    return Instrument(
        symbol=symbol,
        asset_class=AssetClass.STOCK,
        base=symbol,
        quote="USD",
        tick_size=Decimal("0.01"),
        lot_size=Decimal(1),
        min_quantity=Decimal(1),
        min_notional=Decimal(1),
        calendar="XNYS",
    )


def split_pair(symbol: str, from_crypto_exchange: bool = False) -> tuple[str, str] | None:
    """Base and quote of a crypto pair's symbol; None when it reads as a stock's.

    Short quotes (BTC, USD) count only where the file says that it is from a crypto exchange: GBTC is a stock.
    """
    quotes = STABLE_QUOTES + (EXCHANGE_QUOTES if from_crypto_exchange else ())
    for quote in quotes:
        base = symbol.removesuffix(quote)
        if base != symbol and len(base) >= (1 if quote in STABLE_QUOTES else _SHORTEST_BASE):
            return base, quote
    return None


def _step(places: int) -> Decimal:
    return Decimal(1).scaleb(-min(places, MOST_PLACES))
