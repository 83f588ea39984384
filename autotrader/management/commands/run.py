"""`manage.py run`: the whole platform in one process, with nothing else to install."""

import argparse
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from autotrader.embedded.platform import EmbeddedPlatform
from autotrader.lib.errors import AutotraderError


class Command(BaseCommand):
    help = "Start the platform on this machine: web pages, trading loop and order gateway, with paper money."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--no-history",
            action="store_true",
            help="start with an empty account instead of playing 30 simulated days on the first start",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        platform = EmbeddedPlatform(
            settings.AUTOTRADER, settings.VENDOR_DIR, say=self._say, with_history=not options["no_history"]
        )
        try:
            platform.run()
        except KeyboardInterrupt:
            self._say("Stopped before it was ready. The next start goes on from here.")
        except AutotraderError as error:
            raise CommandError(error.message) from error

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
