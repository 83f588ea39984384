"""The command that runs a gateway as its own process."""

import pytest
from django.core.management import CommandError, call_command


def test_an_unknown_account_is_one_clear_line(desk):
    with pytest.raises(CommandError, match="there is no account 'nobody'; known accounts: paper"):
        call_command("run_gateway", account="nobody")


def test_an_account_at_a_venue_this_version_cannot_trade_at_is_one_clear_line(desk):
    with pytest.raises(CommandError, match="only paper accounts trade"):
        call_command("run_gateway", account="paper")
