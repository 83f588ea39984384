"""What a symbol tells by its letters, for sources that say no more: a crypto pair or a US stock."""

from decimal import Decimal

from trading.domain.instrument import AssetClass, Instrument

STABLE_QUOTES = ("FDUSD", "USDT", "USDC", "BUSD", "TUSD")
EXCHANGE_QUOTES = ("BTC", "ETH", "BNB", "EUR", "TRY", "BRL", "USD")
_SHORTEST_BASE = 2


def us_stock(symbol: str) -> Instrument:
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
