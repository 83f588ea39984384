"""`rules-v1`: the built-in strategy, and the last link of every chain of models.

Buys a rising market that is backed by volume, or a deep dip that has begun to turn; sells into strength once the gain
is worth its commissions, and gets out when the trend has turned against it. A round trip costs about 0.2 %, so an exit
by opinion needs a gain well above that or a clear break, and a young position is not doubted.
"""

from trading.domain.parameters import StrategyParameters
from trading.domain.strategies.base import Score, ScoredStrategy, View

NAME = "rules-v1"

LEAST_VOLUME_RATIO = 1.2
STRONG_VOLUME_RATIO = 3.0
LEAST_TREND_GAP = 0.5
"""In ATRs between the short and the long average: twice the band in which a trend is called flat."""
STRONG_TREND_GAP = 2.0
MOMENTUM_RSI = 50.0
MOST_STRETCH = 8.0
"""In ATRs above the session's VWAP: beyond it an entry chases the price."""

TREND_BASE, TREND_GAP_WORTH, TREND_VOLUME_WORTH, TREND_ROOM_WORTH = 0.68, 0.10, 0.10, 0.08
DIP_BASE, DIP_DEPTH_WORTH, DIP_VOLUME_WORTH = 0.70, 0.18, 0.08
DEEP_DIP_RSI_POINTS = 15.0

WORTHWHILE_GAIN = 0.006
"""Three times the commissions of a round trip at 0.1 % a side."""
BREAK_LOSS = 0.010
BREAK_RSI = 40.0
PATIENCE_BARS = 60.0
EXIT_BASE, EXIT_RANGE = 0.70, 0.25


class RulesV1:
    """The scoring rule of `rules-v1`."""

    needs = ("rsi", "sma_short", "sma_long", "ema_short", "ema_long", "atr", "volume_ratio")

    def entry(self, view: View, parameters: StrategyParameters) -> Score:
        look = _Look(view)
        if look.rsi < float(parameters.rsi_oversold):
            return _dip(look, float(parameters.rsi_oversold))
        if view.indicators.trend == "UP" and MOMENTUM_RSI <= look.rsi < float(parameters.rsi_overbought):
            return _with_the_trend(look, float(parameters.rsi_overbought))
        return Score(0.0, (f"{look.picture()}: no clear signal.",))

    def exit(self, view: View, parameters: StrategyParameters) -> Score:
        look = _Look(view)
        if look.rsi >= float(parameters.rsi_overbought) and view.gain >= WORTHWHILE_GAIN:
            return _into_strength(look, float(parameters.rsi_overbought))
        if view.held_bars >= PATIENCE_BARS and view.gain <= -BREAK_LOSS and look.is_broken:
            return _out_of_a_broken_trend(look)
        return Score(0.0, (f"{look.picture()}: holding at {view.gain * 100:+.2f} %.",))


class RuleStrategy(ScoredStrategy):
    """The rule strategy as everybody asks for it: `RulesV1` in the common frame."""

    def __init__(self) -> None:
        super().__init__(NAME, RulesV1())


class _Look:
    """The indicators without None: `RulesV1.needs` has made sure of it. Distances are in ATRs."""

    __slots__ = ("gap", "rsi", "stretch", "view", "volume")

    def __init__(self, view: View) -> None:
        values = view.indicators
        unit = values.atr or view.price
        self.view = view
        self.rsi = values.rsi or 0.0
        self.volume = values.volume_ratio or 0.0
        self.gap = ((values.sma_short or 0.0) - (values.sma_long or 0.0)) / unit
        self.stretch = (view.price - values.vwap) / unit if values.vwap is not None else 0.0

    @property
    def is_turning_up(self) -> bool:
        """The last bar closed above its open although the RSI is still low."""
        return self.view.price > self.view.bar_open

    @property
    def is_broken(self) -> bool:
        """Trend, session average and momentum all point down."""
        return self.view.indicators.trend == "DOWN" and self.stretch < 0.0 and self.rsi < BREAK_RSI

    def picture(self) -> str:
        return f"RSI {self.rsi:.1f}, trend {self.view.indicators.trend}, volume {self.volume:.1f}x"


def _with_the_trend(look: _Look, overbought: float) -> Score:
    values = look.view.indicators
    if look.gap < LEAST_TREND_GAP or (values.ema_short or 0.0) <= (values.ema_long or 0.0):
        return Score(0.0, (f"{look.picture()}: the averages are too close for an entry.",))
    if look.volume < LEAST_VOLUME_RATIO:
        return Score(0.0, (f"{look.picture()}: not enough volume behind the rise.",))
    if not 0.0 < look.stretch <= MOST_STRETCH:
        where = "below" if look.stretch <= 0.0 else "too far above"
        return Score(0.0, (f"{look.picture()}: the price is {where} the session's VWAP.",))
    strength = (
        TREND_BASE
        + TREND_GAP_WORTH * _share(look.gap, LEAST_TREND_GAP, STRONG_TREND_GAP)
        + TREND_VOLUME_WORTH * _share(look.volume, LEAST_VOLUME_RATIO, STRONG_VOLUME_RATIO)
        + TREND_ROOM_WORTH * _share(overbought - look.rsi, 0.0, overbought - MOMENTUM_RSI)
    )
    return Score(
        strength,
        (
            f"Uptrend: the short average is {look.gap:.1f} ATR above the long one, the price above VWAP.",
            f"RSI {look.rsi:.1f} shows momentum with room to {overbought:.0f}; volume is {look.volume:.1f}x the usual.",
        ),
    )


def _dip(look: _Look, oversold: float) -> Score:
    if look.volume < LEAST_VOLUME_RATIO:
        return Score(0.0, (f"{look.picture()}: oversold, but nobody trades it.",))
    if not look.is_turning_up:
        return Score(0.0, (f"{look.picture()}: oversold and still falling.",))
    depth = oversold - look.rsi
    strength = (
        DIP_BASE
        + DIP_DEPTH_WORTH * _share(depth, 0.0, DEEP_DIP_RSI_POINTS)
        + DIP_VOLUME_WORTH * _share(look.volume, LEAST_VOLUME_RATIO, STRONG_VOLUME_RATIO)
    )
    return Score(
        strength,
        (
            f"Dip: RSI {look.rsi:.1f} is oversold and the last bar turned up.",
            f"Volume is {look.volume:.1f}x the usual.",
        ),
    )


def _into_strength(look: _Look, overbought: float) -> Score:
    strength = EXIT_BASE + EXIT_RANGE * _share(look.rsi, overbought, 100.0)
    return Score(strength, (f"Overbought: RSI {look.rsi:.1f} at a gain of {look.view.gain * 100:+.2f} %.",))


def _out_of_a_broken_trend(look: _Look) -> Score:
    strength = EXIT_BASE + EXIT_RANGE * _share(-look.gap, 0.0, STRONG_TREND_GAP)
    return Score(
        strength,
        (
            f"Trend broken: the short average is {-look.gap:.1f} ATR below the long one, the price below VWAP.",
            f"RSI {look.rsi:.1f} and {look.view.gain * 100:+.2f} % since the entry.",
        ),
    )


def _share(value: float, low: float, high: float) -> float:
    """Where `value` lies between `low` (0) and `high` (1)."""
    return min(max((value - low) / (high - low), 0.0), 1.0)
