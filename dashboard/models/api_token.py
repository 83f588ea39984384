"""A key for scripts. Only its hash is stored; the first characters are kept to tell keys apart."""

from django.db import models
from knox.models import AbstractAuthToken


class ApiToken(AbstractAuthToken):
    """A token of one person. `scope` narrows what the person's roles allow, it never widens it."""

    class Scope(models.TextChoices):
        FULL = "full"
        READ = "read"
        KILL = "kill"

    name = models.CharField(max_length=64)
    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.FULL)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="api_token_name_once_per_user")]

    def __str__(self) -> str:
        return f"{self.name} ({self.token_key}…)"
