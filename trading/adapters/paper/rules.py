"""How one paper venue behaves: what it lists, when it is open, what it takes and how deep it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from trading.adapters.paper.fees import FeeModel, FeesByAssetClass
from trading.adapters.paper.matching import Liquidity
from trading.adapters.paper.slippage import SlippageModel, SpreadAndImpact
from trading.domain.instrument import Instrument
from trading.ports import SessionCalendar

NEVER_CLOSES = "24/7"
DEFAULT_PARTICIPATION = Decimal("0.10")


@dataclass(frozen=True)
class PaperRules:
    """`participation`: the share of a bar's volume one order may take (None: all it wants).

    `calendars` by the name an instrument gives; an instrument whose calendar is "24/7" needs none.
    """

    instruments: Mapping[str, Instrument]
    calendars: Mapping[str, SessionCalendar] = field(default_factory=dict)
    fees: FeeModel = field(default_factory=FeesByAssetClass)
    slippage: SlippageModel = field(default_factory=SpreadAndImpact)
    participation: Decimal | None = DEFAULT_PARTICIPATION

    @property
    def liquidity(self) -> Liquidity:
        return Liquidity(self.participation, self.slippage)

    def is_open(self, instrument: Instrument, moment: datetime) -> bool:
        calendar = self._calendar(instrument)
        return calendar is None or calendar.is_open(moment)

    def session_close(self, instrument: Instrument, moment: datetime) -> datetime | None:
        """When the session that `moment` lies in ends; None where the market never closes."""
        calendar = self._calendar(instrument)
        return None if calendar is None else calendar.session_close(moment)

    def _calendar(self, instrument: Instrument) -> SessionCalendar | None:
        if instrument.calendar == NEVER_CLOSES:
            return self.calendars.get(NEVER_CLOSES)
        return self.calendars[instrument.calendar]
