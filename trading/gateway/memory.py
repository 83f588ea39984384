"""What a gateway keeps between two pumps. All of it may be lost: a restart asks everything anew."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(slots=True)
class PumpMemory:
    """`asked` holds when each order was last asked for; `lists_to_ask` the submissions of which a leg has moved;
    `behind_since` the orders whose fills the venue reports but has not shown, and since when; `alarmed` the alarms
    already raised; `covered` the quantity of a position and of its live sell orders at which it was found to need
    nothing. Moments in UTC."""

    cursor: str = ""
    asked: dict[str, datetime] = field(default_factory=dict)
    lists_to_ask: set[str] = field(default_factory=set)
    behind_since: dict[str, datetime] = field(default_factory=dict)
    alarmed: set[str] = field(default_factory=set)
    covered: dict[int, tuple[Decimal, Decimal]] = field(default_factory=dict)
    orders_compared_at: datetime | None = None
    balances_compared_at: datetime | None = None
    positions_looked_at: datetime | None = None

    def first_alarm(self, key: str) -> bool:
        """Whether `key` was not alarmed before; it is from now on."""
        if key in self.alarmed:
            return False
        self.alarmed.add(key)
        return True
