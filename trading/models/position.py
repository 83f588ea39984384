"""Positions, finished trades and the equity curve."""

from django.db import models

from autotrader.lib.fields import ExactDecimalField
from trading.models.account import Account
from trading.models.instrument import InstrumentRow


class PositionRow(models.Model):
    """What an account holds of an instrument: the sum of its fills, net of commissions taken in the base asset.

    `cost` is what the present quantity cost in quote units. Dust stays in the row and in the ledger. `opened_at` is
    set while the position is open; `opening_fill_id` is the first fill of the present round trip. `realised_pnl`
    (before commissions) and `commissions` are sums over the account's life.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="positions", db_index=False)
    instrument = models.ForeignKey(InstrumentRow, on_delete=models.PROTECT)
    strategy = models.CharField(max_length=40, blank=True)
    quantity = ExactDecimalField(default=0)
    cost = ExactDecimalField(default=0)
    average_entry_price = ExactDecimalField(default=0)
    stop_loss = ExactDecimalField(null=True)
    take_profit = ExactDecimalField(null=True)
    opened_at = models.DateTimeField(null=True)
    opening_fill_id = models.BigIntegerField(null=True)
    unprotected_since = models.DateTimeField(null=True)
    realised_pnl = ExactDecimalField(default=0)
    commissions = ExactDecimalField(default=0)
    entry_decision_id = models.CharField(max_length=26, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "instrument"], name="one_position_per_instrument"),
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="position_not_short"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id}: {self.quantity}"


class Trade(models.Model):
    """One round trip from flat to flat (dust left out), with everything M19 wants of it. Money in quote units."""

    id = models.CharField(max_length=26, primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="trades", db_index=False)
    instrument = models.ForeignKey(InstrumentRow, on_delete=models.PROTECT)
    strategy = models.CharField(max_length=40)
    parameter_set_id = models.CharField(max_length=26, blank=True)
    entry_decision_id = models.CharField(max_length=26, blank=True)
    quantity = ExactDecimalField()
    entry_price = ExactDecimalField()
    exit_price = ExactDecimalField()
    commissions = ExactDecimalField()
    pnl = ExactDecimalField()
    pnl_fraction = ExactDecimalField()
    exit_reason = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField()

    class Meta:
        ordering = ["closed_at", "id"]
        indexes = [models.Index(fields=["account", "closed_at"], name="trade_by_close")]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.pnl}"


class EquityPoint(models.Model):
    """Equity of an account at one moment, marked to the last prices. Quote units."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="equity_points", db_index=False)
    ts = models.DateTimeField()
    equity = ExactDecimalField()
    cash = ExactDecimalField()

    class Meta:
        ordering = ["ts"]
        constraints = [models.UniqueConstraint(fields=["account", "ts"], name="equity_once_per_moment")]

    def __str__(self) -> str:
        return f"{self.ts:%Y-%m-%d %H:%M} {self.equity}"
