"""What the commands about bars say and ask: gap reports, moments, venues."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from autotrader.lib.errors import BadInput
from trading.domain.gaps import Gap, total_missing

GAPS_NAMED = 10
INTERRUPTED = 130


def gap_lines(gaps: Sequence[Gap]) -> Iterator[str]:
    """The holes of a series for a person: the ten longest, oldest first."""
    if not gaps:
        yield "  no gaps"
        return
    yield f"  {total_missing(gaps)} bars missing in {len(gaps)} places"
    longest = sorted(gaps, key=lambda gap: -gap.bars)[:GAPS_NAMED]
    for gap in sorted(longest, key=lambda item: item.first):
        yield f"    {gap.first:%Y-%m-%d %H:%M} to {gap.last:%Y-%m-%d %H:%M} UTC: {gap.bars} bars"
    if len(gaps) > GAPS_NAMED:
        yield f"    and {len(gaps) - GAPS_NAMED} shorter ones"


def parse_moment(name: str, text: str) -> datetime:
    """A day or a moment in UTC. Raises BadInput with the option's name."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{name} {text!r} is not a time; accepted are 2026-03-23 and 2026-03-23T12:30 (UTC)") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def require_real_venue(venue: str) -> str:
    """Real prices never go where invented ones are. Raises BadInput."""
    if "simulated" in venue:
        raise BadInput(f"venue {venue!r} holds simulated prices; give real bars another venue, such as paper-binance")
    return venue


def as_json(content: Any) -> str:
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z).decode()
