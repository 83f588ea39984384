"""The double-entry ledger: every transaction sums to zero in each asset."""

from django.db import models

from autotrader.lib.fields import ExactDecimalField
from trading.models.account import Account


class LedgerTransaction(models.Model):
    """One event in money: a deposit, a fill. `reference` names its cause and makes it unrepeatable."""

    id = models.CharField(max_length=26, primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="ledger", db_index=False)
    kind = models.CharField(max_length=16)
    reference = models.CharField(max_length=120)
    ts = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "kind", "reference"], name="ledger_transaction_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class LedgerEntry(models.Model):
    """One side of a transaction. `book` is wallet (ours), market (the counterparty), fees or capital."""

    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="entries")
    book = models.CharField(max_length=12)
    asset = models.CharField(max_length=24)
    amount = ExactDecimalField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.book} {self.amount} {self.asset}"


class Balance(models.Model):
    """The wallet's sum for one asset, kept in the same transaction as the entries it sums."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="balances", db_index=False)
    asset = models.CharField(max_length=24)
    total = ExactDecimalField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "asset"], name="one_balance_per_asset"),
            models.CheckConstraint(condition=models.Q(total__gte=0), name="balance_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.total} {self.asset}"
