"""Accounts, the switches that stop them, and the lease that lets one process send orders."""

from django.db import models

from autotrader.lib.fields import ExactDecimalField
from trading.domain.trading_state import Environment, TradingState
from trading.models.choices import choices_of


class Account(models.Model):
    """One pot of money at one venue. `market_label` is shown wherever its figures are (e.g. SIMULATED)."""

    name = models.CharField(max_length=64, unique=True)
    venue = models.CharField(max_length=32)
    environment = models.CharField(max_length=8, choices=choices_of(Environment))
    market_label = models.CharField(max_length=120, blank=True)
    quote_asset = models.CharField(max_length=16)
    starting_cash = ExactDecimalField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(starting_cash__gte=0), name="account_starting_cash_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class AccountControl(models.Model):
    """What people and limits have set for an account: one row each, read inside every sending transaction.

    `is_enabled` is the start/stop switch of the loop; `trading_state` is the kill switch.
    """

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True, related_name="control")
    is_enabled = models.BooleanField(default=True)
    is_autonomous = models.BooleanField(default=True)
    trading_state = models.CharField(max_length=8, choices=choices_of(TradingState), default=TradingState.ACTIVE.value)
    state_reason = models.CharField(max_length=300, blank=True)
    changed_by = models.CharField(max_length=150, blank=True)
    changed_at = models.DateTimeField()
    slots_run = models.PositiveBigIntegerField(default=0)
    slots_missed = models.PositiveBigIntegerField(default=0)
    last_slot = models.DateTimeField(null=True)
    trades_executed = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.account_id}: {self.trading_state}"


class Lease(models.Model):
    """Who may send for a name (one gateway per account). `fence` rises with every take-over (order-safety.md 5)."""

    name = models.CharField(max_length=80, primary_key=True)
    owner = models.CharField(max_length=80)
    fence = models.PositiveBigIntegerField()
    expires_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} fence {self.fence}"


class FillCursor(models.Model):
    """How far the venue's executions of an account have been read, in the venue's own words."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True, related_name="fill_cursor")
    cursor = models.CharField(max_length=400, blank=True)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.account_id}: {self.cursor}"
