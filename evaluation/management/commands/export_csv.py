"""`manage.py export_csv trades|daily|decisions`: history of one account as CSV, to a file or to the screen."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from autotrader.lib.errors import AutotraderError, NotFound
from evaluation.domain.moments import day_or_moment
from evaluation.selectors.exports import EXPORTS, Period, export_lines
from trading.models import Account


class Command(BaseCommand):
    help = "Writes trades, daily performance or decisions of one account as CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(EXPORTS))
        parser.add_argument("--account", help="name of the account; may be left out when there is only one")
        parser.add_argument("--from", dest="start", help="first day or moment in UTC, e.g. 2026-03-23")
        parser.add_argument("--to", dest="end", help="day or moment in UTC at which to stop, itself left out")
        parser.add_argument("--out", type=Path, help="the file to write; the screen when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            account = find_account(options["account"])
            period = Period(day_or_moment(options["start"]), day_or_moment(options["end"]))
            lines = export_lines(options["kind"], account=account, period=period)
            self._write(lines, options["out"])
        except (AutotraderError, OSError) as error:
            raise CommandError(str(error)) from error

    def _write(self, lines: Iterator[str], out: Path | None) -> None:
        if out is None:
            sys.stdout.writelines(lines)
            return
        count = write_whole(lines, out)
        self.stderr.write(f"{out}: {count - 1} rows")


def write_whole(lines: Iterator[str], out: Path) -> int:
    """Write all lines or leave no file: into a neighbour first, then in one step under the name. Counts them."""
    draft = out.with_name(out.name + ".part")
    count = 0
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            for line in lines:
                file.write(line)
                count += 1
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
    return count


def find_account(name: str | None) -> Account:
    """The account called `name`, or the only one. Raises NotFound with the names there are."""
    names = list(Account.objects.values_list("name", flat=True))
    if name is None and len(names) == 1:
        name = names[0]
    if name not in names:
        wanted = "name one with --account" if name is None else f"there is no account {name!r}"
        raise NotFound(f"{wanted}; there are: {', '.join(names) or 'none yet'}")
    return Account.objects.get(name=name)
