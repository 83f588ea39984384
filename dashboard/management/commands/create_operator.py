"""`manage.py create_operator NAME [--role operator]`: a new person; the password is printed once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from autotrader.lib.errors import AutotraderError
from dashboard.access.create_operator import create_operator
from dashboard.access.roles import Role


class Command(BaseCommand):
    """Makes a person who can log in."""

    help = "Create a person with a random password, printed once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the user name")
        parser.add_argument(
            "--role",
            action="append",
            choices=[role.value for role in Role],
            help="may be given several times; operator when it is left out",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        roles = [Role(name) for name in options["role"] or [Role.OPERATOR.value]]
        try:
            made = create_operator(name=options["name"], roles=roles)
        except AutotraderError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"user:     {made.name}\nroles:    {', '.join(made.roles)}\npassword: {made.password}")
        self.stdout.write("The password is shown this once only.")
