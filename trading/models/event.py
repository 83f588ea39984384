"""The append-only list of what happened, which live pages follow and replay after a reconnect."""

from django.db import models


class LiveEvent(models.Model):
    """One thing that changed. `topic` names the fragments of the page that are stale now."""

    account_id = models.BigIntegerField(null=True)
    topic = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    ts = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.id} {self.topic}"
