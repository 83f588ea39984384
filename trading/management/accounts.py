"""Which accounts a command means."""

from django.core.management.base import CommandError

from trading.models import Account


def chosen_accounts(name: str) -> list[Account]:
    """The account called `name`, or all of them for "". Raises CommandError that names the accounts there are."""
    accounts = list(Account.objects.order_by("id"))
    if not name:
        return accounts
    chosen = [account for account in accounts if account.name == name]
    if not chosen:
        known = ", ".join(account.name for account in accounts) or "none yet"
        raise CommandError(f"there is no account {name!r}; accounts are: {known}")
    return chosen
