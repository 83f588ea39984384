"""Which account a request is about: `?account=NAME`, or the platform's first."""

from rest_framework.request import Request

from autotrader.lib.errors import BadInput, NotFound
from trading.domain.trading_state import Environment
from trading.models import Account

PARAMETER = "account"


def chosen_account(request: Request) -> Account:
    """The account named in the query, or the first one.

    Raises NotFound for an unknown name and when there is no account at all, BadInput for an empty name.
    """
    if PARAMETER not in request.query_params:
        return first_account()
    name = request.query_params[PARAMETER]
    if not name.strip():
        raise BadInput("account is empty: leave it out for the first account, or give its name")
    account = None if "\x00" in name else Account.objects.filter(name=name).first()
    if account is None:
        known = ", ".join(Account.objects.values_list("name", flat=True)) or "none yet"
        raise NotFound(f"there is no account named {name!r}; known are: {known}", code="unknown_account")
    return account


def first_account() -> Account:
    """The first account that is no replay, else the first. Raises NotFound before the first start made one."""
    accounts = Account.objects.order_by("id")
    account = accounts.exclude(environment=Environment.REPLAY).first() or accounts.first()
    if account is None:
        raise NotFound("there is no account yet: start the platform once (`manage.py run`)", code="no_account")
    return account
