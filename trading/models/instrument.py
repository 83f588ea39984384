"""Instruments with their venue's grid, and their closed bars."""

from django.db import models

from autotrader.lib.fields import ExactDecimalField
from trading.domain.bar import Bar, Interval
from trading.domain.instrument import AssetClass, Instrument, InstrumentStatus
from trading.models.choices import choices_of


class InstrumentRow(models.Model):
    """An instrument of a venue's market. `is_in_universe` is the allowlist of P10."""

    venue = models.CharField(max_length=32)
    symbol = models.CharField(max_length=40)
    asset_class = models.CharField(max_length=8, choices=choices_of(AssetClass))
    base = models.CharField(max_length=24)
    quote = models.CharField(max_length=16)
    tick_size = ExactDecimalField()
    lot_size = ExactDecimalField()
    min_quantity = ExactDecimalField()
    min_notional = ExactDecimalField()
    status = models.CharField(
        max_length=12, choices=choices_of(InstrumentStatus), default=InstrumentStatus.TRADING.value
    )
    calendar = models.CharField(max_length=16, default="24/7")
    is_in_universe = models.BooleanField(default=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["venue", "symbol"], name="instrument_once_per_venue"),
            models.CheckConstraint(
                condition=models.Q(tick_size__gt=0) & models.Q(lot_size__gt=0), name="instrument_steps_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.symbol

    def to_domain(self) -> Instrument:
        return Instrument(
            symbol=self.symbol,
            asset_class=AssetClass(self.asset_class),
            base=self.base,
            quote=self.quote,
            tick_size=self.tick_size,
            lot_size=self.lot_size,
            min_quantity=self.min_quantity,
            min_notional=self.min_notional,
            status=InstrumentStatus(self.status),
            calendar=self.calendar,
        )


class BarRow(models.Model):
    """One closed bar that passed the gate."""

    instrument = models.ForeignKey(InstrumentRow, on_delete=models.PROTECT, related_name="bars", db_index=False)
    interval = models.CharField(max_length=4, choices=choices_of(Interval))
    open_time = models.DateTimeField()
    open = ExactDecimalField()
    high = ExactDecimalField()
    low = ExactDecimalField()
    close = ExactDecimalField()
    volume = ExactDecimalField()
    source = models.CharField(max_length=40)

    class Meta:
        ordering = ["open_time"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "interval", "open_time"], name="bar_once"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.interval} {self.open_time:%Y-%m-%d %H:%M}"

    def to_domain(self, symbol: str) -> Bar:
        return Bar(
            symbol=symbol,
            interval=Interval(self.interval),
            open_time=self.open_time,
            open=self.open,
            high=self.high,
            low=self.low,
            close=self.close,
            volume=self.volume,
        )
