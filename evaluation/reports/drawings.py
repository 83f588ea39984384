"""The drawings of a report: equity, drawdown, and the price of each instrument with its trades on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from evaluation.domain.equity_statistics import drawdown_curve
from evaluation.domain.facts import ClosedTrade, EquityMark
from evaluation.reports.geometry import SIDE, Scale, TimeAxis, area_path, line_path, round_ticks, scale_over, thin
from evaluation.reports.wording import number

MOST_MARKERS = 300


@dataclass(frozen=True, slots=True)
class PriceLine:
    """The bars of one instrument as a drawing needs them: close times, lows, highs and closes side by side."""

    symbol: str
    moments: Sequence[datetime]
    lows: Sequence[float]
    highs: Sequence[float]
    closes: Sequence[float]


@dataclass(frozen=True, slots=True)
class Marker:
    """A trade's entry or exit on a price drawing; places in percent from the left and the top."""

    left: float
    top: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """One figure: its paths (CSS class and SVG path), labelled ticks in percent, markers and a short reading of it."""

    title: str
    paths: list[tuple[str, str]]
    y_ticks: list[tuple[float, str]]
    x_ticks: list[tuple[float, str]]
    description: str
    legend: list[tuple[str, str]] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    note: str = ""
    size: str = "tall"

    @property
    def grid(self) -> str:
        """Horizontal lines at the ticks."""
        return "".join(f"M0 {percent * 10:.1f}H1000" for percent, _ in self.y_ticks)


def equity_drawing(marks: Sequence[EquityMark], held: Sequence[float], quote_asset: str) -> Drawing:
    """The equity curve; `held` is what buying and holding would have been worth at the same moments (may be empty)."""
    values = [float(mark.equity) for mark in marks]
    axis, scale = TimeAxis([mark.ts for mark in marks]), scale_over([*values, *held])
    line = _points(axis, scale, values)
    paths = [("area", area_path(line, SIDE)), ("line", line_path(line))]
    legend = [("line", "Equity")]
    if held:
        paths.insert(1, ("held", line_path(_points(axis, scale, held))))
        legend.append(("held", "Buy and hold, for comparison"))
    return Drawing(
        title=f"Equity in {quote_asset}",
        paths=paths,
        y_ticks=_y_ticks(scale),
        x_ticks=axis.ticks(),
        legend=legend,
        description=f"Equity from {values[0]:,.2f} to {values[-1]:,.2f}, lowest {min(values):,.2f}, "
        f"highest {max(values):,.2f}.",
    )


def drawdown_drawing(marks: Sequence[EquityMark]) -> Drawing:
    """How far equity was below its highest point so far, hanging from zero."""
    falls = [-100 * float(value) for value in drawdown_curve(marks)]
    axis = TimeAxis([mark.ts for mark in marks])
    scale = Scale(min(falls) * 1.08 or -1.0, 0.0)
    line = _points(axis, scale, falls)
    return Drawing(
        title="Drawdown in percent",
        paths=[("fall", area_path(line, 0.0)), ("fall-line", line_path(line))],
        y_ticks=[(percent, f"{text} %") for percent, text in _y_ticks(scale, most=3)],
        x_ticks=axis.ticks(),
        description=f"The deepest fall was {-min(falls):.2f} percent.",
        size="low",
    )


def price_drawing(price: PriceLine, trades: Sequence[ClosedTrade]) -> Drawing:
    """The price with each trade's entry and exit."""
    axis, scale = TimeAxis(price.moments), scale_over([*price.lows, *price.highs])
    shown = trades[-MOST_MARKERS:]
    return Drawing(
        title=price.symbol,
        paths=[("band", _band(axis, scale, price)), ("line", line_path(_points(axis, scale, price.closes)))],
        y_ticks=_y_ticks(scale),
        x_ticks=axis.ticks(most=4),
        markers=[marker for trade in shown for marker in _trade_markers(axis, scale, trade)],
        description=f"Price of {price.symbol} from {price.closes[0]:,.8g} to {price.closes[-1]:,.8g} "
        f"with {len(trades)} trades.",
        note=f"The last {MOST_MARKERS} of {len(trades)} trades are marked." if len(shown) < len(trades) else "",
    )


def _points(axis: TimeAxis, scale: Scale, values: Sequence[float]) -> list[tuple[float, float]]:
    return [(axis.x_at(index), scale.y(values[index])) for index in thin(values)]


def _band(axis: TimeAxis, scale: Scale, price: PriceLine) -> str:
    """The room between lows and highs as one closed path."""
    upper, lower = _points(axis, scale, price.highs), _points(axis, scale, price.lows)
    return f"{line_path([*upper, *reversed(lower)])}Z"


def _trade_markers(axis: TimeAxis, scale: Scale, trade: ClosedTrade) -> list[Marker]:
    result = "win" if trade.pnl > 0 else "loss"
    entry = f"Bought {trade.quantity:f} at {trade.entry_price:f}, {trade.opened_at:%-d %b %Y %H:%M} UTC"
    leave = f"Sold at {trade.exit_price:f}, {trade.closed_at:%-d %b %Y %H:%M} UTC, result {trade.pnl:+.2f}"
    return [
        Marker(axis.x(trade.opened_at) / 10, scale.percent(float(trade.entry_price)), "entry", entry),
        Marker(axis.x(trade.closed_at) / 10, scale.percent(float(trade.exit_price)), result, leave),
    ]


def _y_ticks(scale: Scale, most: int = 5) -> list[tuple[float, str]]:
    values = round_ticks(scale, most)
    step = values[1] - values[0] if len(values) > 1 else 1.0
    places = max(0, min(8, 1 - int(f"{step:e}".split("e")[1]))) if step < 10 else 0  # noqa: PLR2004 - under ten, decimals
    return [(scale.percent(value), number(value + 0.0, places)) for value in values]
