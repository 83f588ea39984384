"""One row for each account and trading day (M19). Computed from trades, so it can always be computed again."""

from django.db import models

from autotrader.lib.fields import ExactDecimalField
from trading.models import Account


class DailyPerformance(models.Model):
    """A day's result. `date` is the UTC day of crypto and the session date of stocks; money in quote units.

    `parameters` are the values of the parameter set that was active when the day ended.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="daily_performances")
    date = models.DateField()
    total_trades = models.PositiveIntegerField()
    profitable_trades = models.PositiveIntegerField()
    win_rate = ExactDecimalField(null=True)
    total_pnl = ExactDecimalField()
    average_hold_seconds = models.PositiveBigIntegerField(null=True)
    best_symbol = models.CharField(max_length=40, blank=True)
    best_pnl = ExactDecimalField(null=True)
    worst_symbol = models.CharField(max_length=40, blank=True)
    worst_pnl = ExactDecimalField(null=True)
    parameter_set_id = models.CharField(max_length=26, blank=True)
    parameters = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(fields=["account", "date"], name="one_daily_performance_per_account"),
            models.CheckConstraint(
                condition=models.Q(profitable_trades__lte=models.F("total_trades")), name="daily_wins_within_trades"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.total_pnl}"
