"""The paper venue's own books. Only `trading/adapters/paper` touches them: to the platform they are a foreign exchange.

They are kept apart from the platform's tables, and written in transactions of their own, so that a crash
between the two is the same as a crash beside a real exchange.
"""

from django.db import models

from autotrader.lib.fields import ExactDecimalField


class PaperOrder(models.Model):
    """An order as the paper venue knows it. `parent` is the entry that must fill before a bracket's child works."""

    account_id = models.BigIntegerField()
    client_order_id = models.CharField(max_length=36)
    list_id = models.CharField(max_length=36, blank=True)
    contingency = models.CharField(max_length=8)
    parent_client_order_id = models.CharField(max_length=36, blank=True)
    symbol = models.CharField(max_length=40)
    side = models.CharField(max_length=4)
    order_type = models.CharField(max_length=12)
    time_in_force = models.CharField(max_length=4)
    quantity = ExactDecimalField()
    limit_price = ExactDecimalField(null=True)
    stop_price = ExactDecimalField(null=True)
    state = models.CharField(max_length=14)
    filled_quantity = ExactDecimalField(default=0)
    reason = models.TextField(blank=True)
    accepted_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["account_id", "client_order_id"], name="paper_order_once"),
        ]
        indexes = [
            models.Index(
                fields=["account_id", "symbol"],
                condition=models.Q(state__in=["WORKING", "PARTIAL", "INTENDED"]),
                name="paper_order_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_order_id} ({self.state})"


class PaperFill(models.Model):
    """An execution at the paper venue; its row id is the venue's fill id and cursor."""

    account_id = models.BigIntegerField()
    order = models.ForeignKey(PaperOrder, on_delete=models.PROTECT, related_name="fills")
    quantity = ExactDecimalField()
    price = ExactDecimalField()
    commission = ExactDecimalField()
    commission_asset = models.CharField(max_length=24)
    is_maker = models.BooleanField(default=False)
    ts_event = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["account_id", "id"], name="paper_fill_cursor")]

    def __str__(self) -> str:
        return f"{self.quantity} @ {self.price}"


class PaperBalance(models.Model):
    """What the paper venue says an account owns of one asset."""

    account_id = models.BigIntegerField()
    asset = models.CharField(max_length=24)
    total = ExactDecimalField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_id", "asset"], name="one_paper_balance_per_asset"),
            models.CheckConstraint(condition=models.Q(total__gte=0), name="paper_balance_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.total} {self.asset}"
