"""Put a venue's instruments and their grid into the database, and mark which of them may be traded (P10)."""

from collections.abc import Sequence

from django.db import transaction

from autotrader.lib.errors import BadInput
from trading.domain.instrument import Instrument
from trading.models import InstrumentRow

_GRID = ("asset_class", "base", "quote", "tick_size", "lot_size", "min_quantity", "min_notional", "status", "calendar")
_NAMED_AT_MOST = 10


def register_instruments(
    *, venue: str, instruments: Sequence[Instrument], universe: Sequence[str]
) -> list[InstrumentRow]:
    """Write the instruments of `universe` with today's grid; the rows come back in the order of `universe`.

    Other instruments of the venue stay in the database but leave the universe. Raises BadInput, and writes nothing,
    when the venue does not have one of the symbols.
    """
    offered = {instrument.symbol: instrument for instrument in instruments}
    _require_offered(universe, offered)
    with transaction.atomic():
        InstrumentRow.objects.filter(venue=venue, is_in_universe=True).exclude(symbol__in=universe).update(
            is_in_universe=False
        )
        InstrumentRow.objects.bulk_create(
            [_row(venue, offered[symbol]) for symbol in universe],
            update_conflicts=True,
            unique_fields=["venue", "symbol"],
            update_fields=[*_GRID, "is_in_universe"],
        )
    rows = {row.symbol: row for row in InstrumentRow.objects.filter(venue=venue, symbol__in=universe)}
    return [rows[symbol] for symbol in universe]


def add_instrument(*, venue: str, instrument: Instrument) -> InstrumentRow:
    """The row of an instrument, made when it is missing, outside the universe: a home for bars that are not traded."""
    grid = {name: getattr(instrument, name) for name in _GRID}
    row, _ = InstrumentRow.objects.get_or_create(
        venue=venue, symbol=instrument.symbol, defaults={**grid, "is_in_universe": False}
    )
    return row


def _require_offered(universe: Sequence[str], offered: dict[str, Instrument]) -> None:
    unknown = [symbol for symbol in universe if symbol not in offered]
    if unknown or not universe:
        named = ", ".join(sorted(offered)[:_NAMED_AT_MOST])
        more = f" and {len(offered) - _NAMED_AT_MOST} more" if len(offered) > _NAMED_AT_MOST else ""
        asked = ", ".join(unknown) or "an empty universe"
        raise BadInput(f"this market does not have {asked}; it has {named}{more}")


def _row(venue: str, instrument: Instrument) -> InstrumentRow:
    grid = {name: getattr(instrument, name) for name in _GRID}
    return InstrumentRow(venue=venue, symbol=instrument.symbol, is_in_universe=True, **grid)
