"""The last known price of an asset, to value a commission that was taken in neither base nor quote."""

from decimal import Decimal

from trading.models import BarRow, InstrumentRow


def last_asset_price(instrument: InstrumentRow, asset: str) -> Decimal | None:
    """The last stored close of `asset` against the instrument's quote; None for base and quote themselves (their
    value needs no price) and where no such market is known."""
    if asset in (instrument.base, instrument.quote):
        return None
    bars = BarRow.objects.filter(
        instrument__venue=instrument.venue, instrument__base=asset, instrument__quote=instrument.quote
    )
    return bars.order_by("-open_time").values_list("close", flat=True).first()
