"""Intents (approved plans), orders (instructions at a venue), their transitions, and fills."""

from django.db import models

from autotrader.lib.fields import ExactDecimalField
from trading.domain.order import AT_VENUE_STATES, OPEN_STATES, OrderState, OrderType, Origin, Purpose, Side, TimeInForce
from trading.models.account import Account
from trading.models.choices import choices_of
from trading.models.instrument import InstrumentRow


class Intent(models.Model):
    """What a decision wants done, with the risk verdict on exactly this payload (P11): one for each (decision, leg).

    `payload_hash` binds the approval; the gateway recomputes it from the row before it sends.
    """

    class State(models.TextChoices):
        DENIED = "DENIED"
        AWAITING_APPROVAL = "AWAITING_APPROVAL"
        APPROVED = "APPROVED"
        SUBMITTED = "SUBMITTED"
        DONE = "DONE"
        FAILED = "FAILED"
        EXPIRED = "EXPIRED"

    id = models.CharField(max_length=26, primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="intents")
    instrument = models.ForeignKey(InstrumentRow, on_delete=models.PROTECT)
    decision_id = models.CharField(max_length=26)
    leg = models.CharField(max_length=1)
    strategy = models.CharField(max_length=40)
    purpose = models.CharField(max_length=12, choices=choices_of(Purpose))
    side = models.CharField(max_length=4, choices=choices_of(Side))
    quantity = ExactDecimalField()
    reference_price = ExactDecimalField()
    limit_price = ExactDecimalField()
    stop_loss = ExactDecimalField(null=True)
    take_profit = ExactDecimalField(null=True)
    payload_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=18, choices=State.choices)
    reason = models.TextField(blank=True)
    clamps = models.JSONField(default=list)
    risk_approval_id = models.CharField(max_length=26, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    approved_by = models.CharField(max_length=150, blank=True)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["decision_id", "leg"], name="intent_once_per_decision_leg"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="intent_quantity_positive"),
            models.UniqueConstraint(
                fields=["account", "instrument", "strategy"],
                condition=models.Q(purpose="ENTRY", state__in=["AWAITING_APPROVAL", "APPROVED", "SUBMITTED"]),
                name="one_active_entry_per_symbol_and_strategy",
            ),
        ]
        indexes = [
            models.Index(
                fields=["account", "id"],
                condition=models.Q(state__in=["APPROVED", "AWAITING_APPROVAL", "SUBMITTED"]),
                name="intent_live",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.side} {self.quantity} ({self.state})"


class OrderRow(models.Model):
    """One order. `filled_quantity` never falls; `list_id` ties the legs of one submission together."""

    id = models.CharField(max_length=26, primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="orders", db_index=False)
    instrument = models.ForeignKey(InstrumentRow, on_delete=models.PROTECT)
    intent = models.ForeignKey(Intent, null=True, on_delete=models.PROTECT, related_name="orders")
    client_order_id = models.CharField(max_length=36, unique=True)
    list_id = models.CharField(max_length=36, blank=True)
    venue_order_id = models.CharField(max_length=64, blank=True)
    origin = models.CharField(max_length=8, choices=choices_of(Origin), default=Origin.OURS.value)
    purpose = models.CharField(max_length=12, choices=choices_of(Purpose))
    side = models.CharField(max_length=4, choices=choices_of(Side))
    order_type = models.CharField(max_length=12, choices=choices_of(OrderType))
    time_in_force = models.CharField(max_length=4, choices=choices_of(TimeInForce))
    quantity = ExactDecimalField()
    limit_price = ExactDecimalField(null=True)
    stop_price = ExactDecimalField(null=True)
    state = models.CharField(max_length=14, choices=choices_of(OrderState))
    filled_quantity = ExactDecimalField(default=0)
    average_fill_price = ExactDecimalField(null=True)
    reason = models.TextField(blank=True)
    late_fill_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    fence_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="order_quantity_positive"),
            models.CheckConstraint(
                condition=models.Q(filled_quantity__gte=0) & models.Q(filled_quantity__lte=models.F("quantity")),
                name="order_filled_within_quantity",
            ),
        ]
        indexes = [
            models.Index(
                fields=["account", "instrument"],
                condition=models.Q(state__in=sorted(OPEN_STATES)),
                name="order_open",
            ),
            models.Index(
                fields=["account", "sent_at"],
                name="order_by_sent_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_order_id} {self.side} {self.quantity} ({self.state})"

    @property
    def is_at_venue(self) -> bool:
        return OrderState(self.state) in AT_VENUE_STATES


class OrderTransition(models.Model):
    """One step of an order's state, with what caused it."""

    order = models.ForeignKey(OrderRow, on_delete=models.PROTECT, related_name="transitions")
    from_state = models.CharField(max_length=14)
    to_state = models.CharField(max_length=14)
    cause = models.CharField(max_length=200)
    ts = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.from_state} -> {self.to_state}"


class FillRow(models.Model):
    """One execution, applied exactly once.

    `realised_pnl` (before commissions) and `commission_value` are what it added to the position, in quote units.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="fills", db_index=False)
    instrument = models.ForeignKey(InstrumentRow, on_delete=models.PROTECT)
    order = models.ForeignKey(OrderRow, on_delete=models.PROTECT, related_name="fills")
    venue_fill_id = models.CharField(max_length=64)
    side = models.CharField(max_length=4, choices=choices_of(Side))
    quantity = ExactDecimalField()
    price = ExactDecimalField()
    commission = ExactDecimalField()
    commission_asset = models.CharField(max_length=24)
    slippage_bps = ExactDecimalField(null=True)
    realised_pnl = ExactDecimalField(default=0)
    commission_value = ExactDecimalField(default=0)
    is_maker = models.BooleanField(default=False)
    ts_event = models.DateTimeField()
    ts_received = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "instrument", "venue_fill_id"], name="fill_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="fill_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.quantity} @ {self.price}"


class QuarantinedFill(models.Model):
    """An execution that did not fit our books: kept whole, alarmed, tried again after every fill that follows.

    `report` is the venue's report; `resolved_at` is set when it could be booked after all.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="quarantined_fills", db_index=False)
    symbol = models.CharField(max_length=40)
    venue_fill_id = models.CharField(max_length=64)
    client_order_id = models.CharField(max_length=64, blank=True)
    report = models.JSONField()
    reason = models.TextField()
    ts = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "symbol", "venue_fill_id"], name="quarantined_fill_once"),
        ]
        indexes = [
            models.Index(
                fields=["account", "symbol"], condition=models.Q(resolved_at=None), name="quarantined_fill_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.symbol} {self.venue_fill_id}: {self.reason}"
