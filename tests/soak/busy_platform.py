"""The embedded platform with a decider that never rests: it buys what it does not hold and sells what it does.

Everything else is the platform as users start it: limits, gateway, venue, audit, pages.
"""

import os
import random
from collections.abc import Sequence
from decimal import Decimal

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autotrader.settings.development")
    django.setup()

    from ai import bootstrap

    bootstrap.build_decider = _busy_decider
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", "run", "--no-history"])


def _busy_decider() -> object:
    from trading.domain.decision import Attribution, Opinion
    from trading.domain.market_snapshot import MarketSnapshot

    class BusyDecider:
        name = "busy"

        def __init__(self) -> None:
            self._dice = random.Random(int(os.environ.get("SOAK_SEED", "1")))
            self._attribution = Attribution(decided_by="busy", model="dice")

        def decide(self, snapshot: MarketSnapshot) -> Sequence[Opinion]:
            return [
                Opinion(item.instrument.symbol, self._signal(item.position is not None), (), self._attribution)
                for item in snapshot.instruments
            ]

        def _signal(self, is_held: bool) -> object:
            from trading.domain.decision import Action, HoldCause, Signal

            if self._dice.random() < 0.3:
                return Signal(Action.HOLD, Decimal("0.5"), ("The dice say wait.",), HoldCause.OPINION)
            return Signal(Action.SELL if is_held else Action.BUY, Decimal("0.95"), ("The dice say go.",))

    return BusyDecider()


if __name__ == "__main__":
    main()
