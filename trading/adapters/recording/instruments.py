"""What a recording does not say about its instrument, inferred with care: crypto or stock, and the price grid.

Crypto takes the decimals seen in the file, Binance's usual 5 units of quote as least notional. A stock trades whole
shares in cents in the sessions of XNYS.
"""

from decimal import Decimal

from trading.adapters.recording.columns import Recording
from trading.adapters.symbols import split_pair, us_stock
from trading.domain.instrument import AssetClass, Instrument

CRYPTO_MIN_NOTIONAL = Decimal(5)
MOST_PLACES = 8


def infer_instrument(recording: Recording) -> Instrument:
    """The instrument of a recording."""
    pair = split_pair(recording.symbol, any("binance" in path.name for path in recording.paths))
    if pair is None:
        return us_stock(recording.symbol)
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


def _step(places: int) -> Decimal:
    return Decimal(1).scaleb(-min(places, MOST_PLACES))
