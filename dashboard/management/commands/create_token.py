"""`manage.py create_token USER --name WHAT-FOR [--days 90] [--scope full|read|kill]`: a key for a script."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from autotrader.lib.canonical import iso_utc
from autotrader.lib.errors import AutotraderError
from dashboard.access.create_token import DEFAULT_DAYS, create_token
from dashboard.models import ApiToken


class Command(BaseCommand):
    """Makes a token and prints it once."""

    help = "Create an API token, printed once. A token can do no more than its user."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="whose token it is")
        parser.add_argument("--name", required=True, help="what it is for, such as backup-script")
        parser.add_argument("--days", type=int, default=DEFAULT_DAYS, help="until it expires (90)")
        parser.add_argument(
            "--scope",
            choices=ApiToken.Scope.values,
            default=ApiToken.Scope.FULL.value,
            help="full: what the user may; read: reading only; kill: the emergency stop only",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            token, text = create_token(
                user_name=options["user"],
                name=options["name"],
                days=options["days"],
                scope=ApiToken.Scope(options["scope"]),
            )
        except AutotraderError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"token:   {text}\nprefix:  {token.token_key}\nscope:   {token.scope}")
        if token.expiry is not None:
            self.stdout.write(f"expires: {iso_utc(token.expiry)}")
        self.stdout.write("The token is shown this once only. Send it as:  Authorization: Token …")
