"""`manage.py fetch_bars SYMBOL …`: history from Binance or Yahoo, with progress, gap report and resume."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from autotrader.lib.errors import AutotraderError, BadInput
from autotrader.lib.runtime import Runtime, system_runtime
from trading.domain.bar import Interval
from trading.domain.instrument import Instrument
from trading.history_bootstrap import BINANCE, SOURCES, YAHOO, build_gate, build_history_feed
from trading.management.bar_reports import INTERRUPTED, as_json, gap_lines, parse_moment, require_real_venue
from trading.ports import DataUnavailable, Feed
from trading.services.fetch_bars import FetchReport, fetch_bars
from trading.services.register_instruments import add_instrument

DEFAULT_VENUES = {BINANCE: "paper-binance", YAHOO: "recorded"}
DEFAULT_DAYS = 30


class Command(BaseCommand):
    help = (
        "Downloads bars. Asks only for what is missing, so a download that was interrupted goes on, and asking again "
        "fills holes. Without network it says so and nothing is lost."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("symbols", nargs="+", metavar="SYMBOL", help="such as BTCUSDT or SPY")
        parser.add_argument(
            "--interval", default="1m", choices=[item.value for item in Interval], help="bar length (1m)"
        )
        parser.add_argument(
            "--from", dest="start", default="", help=f"first day or moment, UTC ({DEFAULT_DAYS} days ago)"
        )
        parser.add_argument("--to", dest="end", default="", help="end, UTC, not included (now)")
        parser.add_argument("--source", default=BINANCE, choices=SOURCES, help=f"where from ({BINANCE})")
        parser.add_argument("--venue", default="", help="the venue whose instrument gets the bars")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        runtime = system_runtime()
        try:
            reports = self._fetch(runtime, options)
        except DataUnavailable as error:
            raise CommandError(f"{error.message}. What came so far is stored; run it again to go on.") from error
        except AutotraderError as error:
            raise CommandError(error.message) from error
        except KeyboardInterrupt:
            raise CommandError("stopped; run it again to go on from here", returncode=INTERRUPTED) from None
        if options["json"]:
            self.stdout.write(as_json([report.as_dict() for report in reports]))

    def _fetch(self, runtime: Runtime, options: dict[str, Any]) -> list[FetchReport]:
        interval = Interval(options["interval"])
        start, end = _span(options, runtime.clock.now(), interval)
        venue = require_real_venue(options["venue"] or DEFAULT_VENUES[options["source"]])
        symbols = [symbol.upper() for symbol in options["symbols"]]
        feed = build_history_feed(options["source"], symbols, runtime.clock, settings.AUTOTRADER)
        offered = {item.symbol: item for item in feed.instruments()}
        _require_offered(symbols, offered, feed.label)
        reports = []
        for symbol in symbols:
            report = self._one(runtime, feed, offered[symbol], venue, interval, start, end)
            reports.append(report)
            if not options["json"]:
                self._show(report)
        return reports

    def _one(
        self,
        runtime: Runtime,
        feed: Feed,
        instrument: Instrument,
        venue: str,
        interval: Interval,
        start: datetime,
        end: datetime,
    ) -> FetchReport:
        gate, calendar = build_gate(instrument, interval)
        total = len(calendar.expected_open_times(interval, start, end))
        with tqdm(total=total, desc=f"{instrument.symbol} {interval}", unit=" bars", disable=None) as bar:
            return fetch_bars(
                runtime=runtime,
                feed=feed,
                row=add_instrument(venue=venue, instrument=instrument),
                calendar=calendar,
                gate=gate,
                interval=interval,
                start=start,
                end=end,
                progress=bar.update,
            )

    def _show(self, report: FetchReport) -> None:
        refused = f", {report.refused} refused" if report.refused else ""
        self.stdout.write(
            f"{report.symbol} {report.interval}: {report.stored} new, {report.known} there before, "
            f"{report.expected} expected{refused}"
        )
        for line in gap_lines(report.gaps):
            self.stdout.write(line)


def _span(options: dict[str, Any], now: datetime, interval: Interval) -> tuple[datetime, datetime]:
    """Start and end of what is asked; nothing that is not closed yet. Raises BadInput."""
    end = min(parse_moment("--to", options["end"]) if options["end"] else now, now)
    start = parse_moment("--from", options["start"]) if options["start"] else end - timedelta(days=DEFAULT_DAYS)
    if start >= end:
        raise BadInput(f"--from {start:%Y-%m-%d %H:%M} must lie before --to {end:%Y-%m-%d %H:%M} and before now")
    latest = now - interval.duration
    return start, min(end, latest + timedelta(microseconds=1))


def _require_offered(symbols: list[str], offered: dict[str, Instrument], label: str) -> None:
    unknown = [symbol for symbol in symbols if symbol not in offered]
    if unknown:
        raise BadInput(
            f"{label} does not offer {', '.join(unknown)}; crypto pairs come from {BINANCE}, US stocks from {YAHOO}"
        )
