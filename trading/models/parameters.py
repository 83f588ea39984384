"""Parameter sets: never edited, only replaced by children; one active set for each strategy of an account."""

from django.db import models

from trading.domain.parameters import StrategyParameters
from trading.models.account import Account


class ParameterSet(models.Model):
    """One immutable set of strategy parameters with its parent, reason and evidence."""

    class Status(models.TextChoices):
        PROPOSED = "proposed"
        ACTIVE = "active"
        RETIRED = "retired"
        REJECTED = "rejected"

    id = models.CharField(max_length=26, primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="parameter_sets")
    strategy = models.CharField(max_length=40)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    values = models.JSONField()
    status = models.CharField(max_length=10, choices=Status.choices)
    reason = models.TextField()
    evidence = models.JSONField(default=dict)
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.DateTimeField()
    activated_by = models.CharField(max_length=150, blank=True)
    activated_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-proposed_at", "-id"]
        permissions = [("decide_parameterset", "Can approve, reject and go back to parameter sets")]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "strategy"],
                condition=models.Q(status="active"),
                name="one_active_parameter_set_per_strategy",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.strategy} {self.id} ({self.status})"

    def parameters(self) -> StrategyParameters:
        return StrategyParameters.from_dict(self.values)
