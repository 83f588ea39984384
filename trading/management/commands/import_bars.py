"""`manage.py import_bars FILE …`: recorded bars into the database, with progress, gap report and resume."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from autotrader.lib.errors import AutotraderError
from trading.history_bootstrap import RecordedFile, build_gate, open_recording
from trading.management.bar_reports import INTERRUPTED, as_json, gap_lines, require_real_venue
from trading.services.import_bars import Survey, import_bars, survey_bars
from trading.services.register_instruments import add_instrument

DEFAULT_VENUE = "recorded"


class Command(BaseCommand):
    help = (
        "Imports bars from CSV, gzip CSV or Binance's kline zips. All files are checked before anything is stored; "
        "bars that are there already stay as they are."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "files", nargs="+", metavar="FILE", help="SYMBOL_INTERVAL.csv[.gz], a kline zip, or SYMBOL:INTERVAL:FILE"
        )
        parser.add_argument("--symbol", default="", help="the symbol, where the file name does not say it")
        parser.add_argument("--interval", default="", help="the interval, where the file name does not say it")
        parser.add_argument(
            "--venue", default=DEFAULT_VENUE, help=f"the venue whose instrument gets the bars ({DEFAULT_VENUE})"
        )
        parser.add_argument("--resume", action="store_true", help="skip what is not later than the newest stored bar")
        parser.add_argument("--dry-run", action="store_true", help="check and report only")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        reports: list[dict[str, Any]] = []
        try:
            venue = require_real_venue(options["venue"])
            names = [(name, options["symbol"], options["interval"]) for name in options["files"]]
            checked = [self._check(open_recording(name, symbol=symbol, interval=step)) for name, symbol, step in names]
            for file, survey in checked:
                stored = 0 if options["dry_run"] else self._store(file, survey, venue, resume=options["resume"])
                reports.append({"file": file.label, "venue": venue, **survey.as_dict(), "stored": stored})
                if not options["json"]:
                    self._show(file, survey, stored, is_dry=options["dry_run"])
        except AutotraderError as error:
            raise CommandError(error.message) from error
        except KeyboardInterrupt:
            raise CommandError("stopped; --resume goes on from the newest stored bar", returncode=INTERRUPTED) from None
        if options["json"]:
            self.stdout.write(as_json(reports))

    def _check(self, file: RecordedFile) -> tuple[RecordedFile, Survey]:
        gate, calendar = build_gate(file.instrument, file.source.interval)
        bars = tqdm(file.read(), desc=f"checking {file.label}", unit=" bars", disable=None)
        return file, survey_bars(
            bars=bars, gate=gate, calendar=calendar, symbol=file.source.symbol, interval=file.source.interval
        )

    def _store(self, file: RecordedFile, survey: Survey, venue: str, *, resume: bool) -> int:
        gate, _ = build_gate(file.instrument, file.source.interval)
        with tqdm(total=survey.bars, desc=f"storing {file.label}", unit=" bars", disable=None) as bar:
            return import_bars(
                row=add_instrument(venue=venue, instrument=file.instrument),
                interval=file.source.interval,
                read=file.read,
                gate=gate,
                source=file.label,
                resume=resume,
                progress=bar.update,
            )

    def _show(self, file: RecordedFile, survey: Survey, stored: int, *, is_dry: bool) -> None:
        outcome = "nothing stored (dry run)" if is_dry else f"{stored} new"
        span = (
            f"{survey.first:%Y-%m-%d %H:%M} to {survey.last:%Y-%m-%d %H:%M} UTC" if survey.first else "no session bars"
        )
        self.stdout.write(f"{file.label}: {survey.symbol} {survey.interval}, {survey.bars} bars, {span}; {outcome}")
        if survey.outside_session:
            self.stdout.write(f"  {survey.outside_session} bars outside the session left out")
        for line in [*gap_lines(survey.gaps), *(f"  {jump}" for jump in survey.jumps)]:
            self.stdout.write(line)
