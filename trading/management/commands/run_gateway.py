"""`manage.py run_gateway --account NAME`: the order gateway of one account, as a process of its own.

It ends at Ctrl-C or SIGTERM and lets go of its lease; killed, it is followed by the next start within 15 seconds.
"""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from autotrader.lib.errors import AutotraderError
from trading.bootstrap import build_gateway
from trading.models import Account


class Command(BaseCommand):
    help = "Send, follow and protect the orders of one account until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", required=True, metavar="NAME", help="the account's name")

    def handle(self, *args: Any, **options: Any) -> None:
        account = Account.objects.filter(name=options["account"]).first()
        if account is None:
            known = ", ".join(Account.objects.values_list("name", flat=True)) or "none yet"
            raise CommandError(f"there is no account {options['account']!r}; known accounts: {known}")
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        try:
            gateway = build_gateway(account)
        except AutotraderError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Order gateway of {account.name} runs. Ctrl-C ends it; open stops stay at the venue.")
        gateway.run_forever(stop)
        self.stdout.write("Order gateway ended.")
