"""Moments as people type them: a day or a day and a time, in UTC unless a zone is given."""

from datetime import UTC, datetime

from autotrader.lib.clock import require_utc
from autotrader.lib.errors import BadInput


def day_or_moment(text: str | None) -> datetime | None:
    """The moment `text` names; a bare day is its first moment, nothing stays None. Raises BadInput."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{text!r} is not a time; accepted are 2026-03-23 and 2026-03-23T14:30 (UTC)") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else require_utc(moment)
