"""`manage.py replay --bars FILE …`: the whole platform over recordings, on a virtual clock, and a report at the end."""

import signal
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from autotrader.lib.errors import AutotraderError
from autotrader.lib.runtime import system_runtime
from evaluation.domain.moments import day_or_moment
from evaluation.domain.replay_spec import DEFAULT_SEED, ReplaySpec, parse_cash, parse_changes, parse_speed
from evaluation.replay import FinishedReplay, Watch, replay_recordings
from evaluation.reports.run_summary import summary_lines

BAD_INPUT, PROMISE_BROKEN, INTERRUPTED = 2, 1, 130


class Command(BaseCommand):
    help = (
        "Plays recorded bars through the whole platform with paper money and writes a report. "
        "Exit code 0: done; 1: a check of the books failed; 2: bad input; 130: stopped by Ctrl-C, report written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--bars", nargs="+", required=True, metavar="FILE", help="recordings: CSV, gzip CSV, Binance zip"
        )
        parser.add_argument("--from", dest="start", help="play from this day or moment (UTC)")
        parser.add_argument("--to", dest="end", help="play up to this day or moment (UTC)")
        parser.add_argument(
            "--speed", default="max", help="max, or how many times faster than life (60: an hour a minute)"
        )
        parser.add_argument(
            "--account", default="", help="write into the platform's own database, under this new account"
        )
        parser.add_argument("--cash", default="10000", help="starting cash in quote currency (10000)")
        parser.add_argument(
            "--set", nargs="+", default=[], metavar="NAME=VALUE", help="parameters to change, e.g. atr_threshold=0.8"
        )
        parser.add_argument(
            "--seed", type=int, default=DEFAULT_SEED, help="seed of the ids; the same seed gives the same rows"
        )
        parser.add_argument(
            "--check", choices=["end", "every"], default="end", help="check the books at the end or after every cycle"
        )
        parser.add_argument("--out", type=Path, help="folder for report and database (VAR_DIR/replays/… when left out)")
        parser.add_argument("--json", action="store_true", help="print the summary as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with watching(is_quiet=options["json"]) as watch:
                done = replay_recordings(spec_of(options), options["out"], watch)
        except (AutotraderError, OSError) as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from error
        self._show(done, as_json=options["json"])
        if not done.is_complete and done.is_sound:
            sys.exit(INTERRUPTED)
        if not done.is_sound:
            sys.exit(PROMISE_BROKEN)

    def _show(self, done: FinishedReplay, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(orjson.dumps(done.as_values(), option=orjson.OPT_INDENT_2).decode())
            return
        for line in summary_lines(done.facts, done.seconds):
            self.stdout.write(line)
        self.stdout.write(f"Report: {done.report}")


def spec_of(options: dict[str, Any]) -> ReplaySpec:
    """The options as a checked spec. Raises BadInput."""
    return ReplaySpec(
        files=tuple(options["bars"]),
        start=day_or_moment(options["start"]),
        end=day_or_moment(options["end"]),
        cash=parse_cash(options["cash"]),
        seed=options["seed"],
        speed=parse_speed(options["speed"]),
        account=options["account"],
        check_every=options["check"] == "every",
        changes=parse_changes(options["set"]),
    )


@contextmanager
def watching(*, is_quiet: bool) -> Iterator[Watch]:
    """A progress bar on a terminal, and a Ctrl-C that ends the run after the present cycle (a second one at once)."""
    pressed: list[int] = []

    def interrupt(number: int, frame: object) -> None:
        if pressed:
            raise KeyboardInterrupt
        pressed.append(number)

    usual = signal.signal(signal.SIGINT, interrupt)
    bar = tqdm(unit=" cycles", disable=is_quiet or not sys.stderr.isatty(), dynamic_ncols=True)
    try:
        yield Watch(
            monotonic=system_runtime().clock.monotonic,
            should_stop=lambda: bool(pressed),
            on_start=_total(bar),
            on_slot=lambda slot: _advance(bar, slot),
        )
    finally:
        bar.close()
        signal.signal(signal.SIGINT, usual)


def _total(bar: Any) -> Callable[[int], None]:
    def begin(count: int) -> None:
        bar.total = count
        bar.refresh()

    return begin


def _advance(bar: Any, slot: datetime) -> None:
    bar.set_description(f"{slot:%Y-%m-%d %H:%M}", refresh=False)
    bar.update()
