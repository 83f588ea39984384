"""The `--account` option of the loop's commands: an account by its name, or the configured market's own."""

import argparse

from django.conf import settings

from autotrader.lib.errors import NotFound
from autotrader.lib.runtime import system_runtime
from trading.bootstrap import ensure_default_account
from trading.domain.trading_state import Environment
from trading.models import Account


def add_account_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--account", default="", help="name of the account; without it the default paper account")


def chosen_account(name: str) -> Account:
    """The account called `name`; without a name the only paper account there is, else the configured market's own
    (opened when it does not exist). Raises NotFound for a name that no account has."""
    if not name:
        paper = list(Account.objects.filter(environment=Environment.PAPER)[:2])
        return paper[0] if len(paper) == 1 else ensure_default_account(settings.AUTOTRADER, system_runtime())
    account = Account.objects.filter(name=name).first()
    if account is None:
        known = ", ".join(Account.objects.values_list("name", flat=True)) or "none yet"
        raise NotFound(f"there is no account {name!r}; there are: {known}")
    return account
