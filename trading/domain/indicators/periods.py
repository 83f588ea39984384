"""Which windows the live indicators run on, taken from a parameter set."""

from dataclasses import dataclass

from trading.domain.parameters import StrategyParameters


@dataclass(frozen=True, slots=True)
class IndicatorPeriods:
    """Lengths in bars. `short` and `long` serve the simple and the exponential averages alike."""

    rsi: int = 14
    short: int = 10
    long: int = 30
    atr: int = 14
    volume: int = 20

    def __post_init__(self) -> None:
        for name in ("rsi", "short", "long", "atr", "volume"):
            if getattr(self, name) < 1:
                raise ValueError(f"the {name} period must be at least 1 bar, not {getattr(self, name)}")

    @classmethod
    def from_parameters(cls, parameters: StrategyParameters) -> "IndicatorPeriods":
        return cls(
            rsi=parameters.rsi_period,
            short=parameters.short_window,
            long=parameters.long_window,
            atr=parameters.atr_period,
            volume=parameters.volume_window,
        )

    @property
    def warm_up(self) -> int:
        """Bars until every indicator but the daily range has a value."""
        return max(self.rsi + 1, self.atr + 1, self.long, self.short, self.volume)
