"""The hash-chained audit trail. The table is the truth; the JSONL file is its copy."""

from django.db import models


class AuditLine(models.Model):
    """One line: `body` is the canonical JSON that was hashed, `hash` is SHA256(previous hash || body)."""

    seq = models.PositiveBigIntegerField(primary_key=True)
    kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40, blank=True, db_index=True)
    body = models.TextField()
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class AuditHead(models.Model):
    """The chain's end: one row, locked by every append. A table that ends before it was cut."""

    name = models.CharField(max_length=20, primary_key=True)
    seq = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.name} {self.seq}"
