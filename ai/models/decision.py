"""One row for each cycle, one for each decision; a HOLD's row is narrow and has no phases of its own."""

from django.db import models

from autotrader.lib.fields import ExactDecimalField
from autotrader.lib.statements import fetch
from trading.domain.decision import UNSETTLED_STATUSES, Action, DecisionStatus, Phase
from trading.models import Account, InstrumentRow
from trading.models.choices import choices_of


class CycleRow(models.Model):
    """One run of the loop. (account, slot) is unique, so a doubled task finds its work taken.

    The RUNNING row is the lock: an account has one at most. `owner` and `lease_until` tell a later cycle whether
    the one that wrote it is still alive (see `ai/services/claim_slot.py`).
    """

    class State(models.TextChoices):
        RUNNING = "RUNNING"
        DONE = "DONE"
        FAILED = "FAILED"

    id = models.CharField(max_length=26, primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="cycles", db_index=False)
    slot = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices)
    is_execution = models.BooleanField()
    parameter_set_id = models.CharField(max_length=26)
    owner = models.CharField(max_length=120)
    lease_until = models.DateTimeField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    instruments_analysed = models.PositiveIntegerField(default=0)
    instruments_skipped = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-slot"]
        constraints = [
            models.UniqueConstraint(fields=["account", "slot"], name="cycle_once_per_slot"),
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(state="RUNNING"), name="one_running_cycle_per_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot:%Y-%m-%d %H:%M:%S} {self.state}"


_UNSETTLED = sorted(status.value for status in UNSETTLED_STATUSES)

# The statuses stand in the statement itself: SQLite uses a partial index (decision_unsettled) only when it can read
# the condition, and a bound value it cannot.
_UNSETTLED_IDS = (
    "SELECT id FROM ai_decisionrow WHERE account_id = %s AND status IN ('AWAITING_APPROVAL', 'PENDING', 'SUBMITTED')"
)


class DecisionQuerySet(models.QuerySet["DecisionRow"]):
    """Decisions, with the questions the loop asks of them every cycle."""

    def unsettled(self, account_id: int) -> list["DecisionRow"]:
        """Those of the account whose status may still change, oldest first."""
        ids = fetch(_UNSETTLED_IDS, (account_id,))
        return list(self.filter(pk__in=[row[0] for row in ids]).order_by("id")) if ids else []


class DecisionRow(models.Model):
    """What was concluded about one instrument in one cycle. `market` holds what was seen (price and indicators)."""

    id = models.CharField(max_length=26, primary_key=True)
    # The composite indexes below serve these two: an index of their own would only slow every insert.
    cycle = models.ForeignKey(CycleRow, on_delete=models.PROTECT, related_name="decisions", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="decisions", db_index=False)
    instrument = models.ForeignKey(InstrumentRow, on_delete=models.PROTECT)
    action = models.CharField(max_length=4, choices=choices_of(Action))
    confidence = ExactDecimalField()
    status = models.CharField(max_length=18, choices=choices_of(DecisionStatus))
    hold_cause = models.CharField(max_length=8, blank=True)
    reasoning = models.TextField()
    denied_by = models.CharField(max_length=40, blank=True)
    decided_by = models.CharField(max_length=40)
    model = models.CharField(max_length=80)
    fallback_depth = models.PositiveSmallIntegerField(default=0)
    is_repaired = models.BooleanField(default=False)
    market = models.JSONField(default=dict)
    execution = models.JSONField(default=dict)
    decided_at = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["cycle", "instrument"], name="decision_once_per_cycle")]
        indexes = [
            models.Index(fields=["account", "-id"], name="decision_latest"),
            models.Index(fields=["account", "-id"], condition=~models.Q(action="HOLD"), name="decision_latest_acting"),
            models.Index(
                fields=["account"],
                condition=models.Q(status__in=_UNSETTLED),
                name="decision_unsettled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.confidence} ({self.status})"


class DecisionPhase(models.Model):
    """One phase of an acting decision, as it was seen and said."""

    decision = models.ForeignKey(DecisionRow, on_delete=models.PROTECT, related_name="phases", db_index=False)
    number = models.PositiveSmallIntegerField()
    phase = models.CharField(max_length=20, choices=choices_of(Phase))
    action = models.CharField(max_length=4, choices=choices_of(Action))
    confidence = ExactDecimalField()
    text = models.TextField()
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["decision_id", "number"]
        constraints = [models.UniqueConstraint(fields=["decision", "number"], name="phase_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.phase}"
