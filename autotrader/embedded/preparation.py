"""What is made ready before the embedded platform serves: tables, people, audit file, account, schedule, history."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command

from ai.services.ensure_schedule import ensure_schedule
from autotrader import frontend
from autotrader.embedded.history import play_first_days
from autotrader.embedded.preflight import CannotStart
from autotrader.embedded.welcome import Welcome
from autotrader.lib.money import plain
from autotrader.lib.runtime import system_runtime
from autotrader.schedule import ensure_hourly_schedule
from autotrader.settings.environment import Environment
from dashboard.access.create_operator import Credentials
from dashboard.access.first_operator import ensure_first_operator
from trading.bootstrap import build_feed, ensure_default_account, market_of
from trading.models import Account, InstrumentRow
from trading.ports import DataUnavailable, Feed, VenueUnavailable
from trading.selectors.trading_state import needs_approval
from trading.services.repair_audit_file import repair_audit_file

Say = Callable[[str], None]


@dataclass(frozen=True)
class Prepared:
    """The account that will trade, the first person's password if one was made, and what to tell at the start."""

    account: Account
    feed: Feed
    credentials: Credentials | None
    facts: Welcome


def prepare(environment: Environment, vendor_dir: Path, *, say: Say, with_history: bool) -> Prepared:
    """Make everything ready; safe to repeat after a kill at any moment. Raises CannotStart, BadInput."""
    _require_frontend(vendor_dir)
    call_command("migrate", verbosity=0, interactive=False)
    credentials = ensure_first_operator()
    _repair_audit(say)
    runtime = system_runtime()
    account = ensure_default_account(environment, runtime)
    feed = build_feed(environment, runtime.clock, market_of(account))
    ensure_schedule(account=account)
    ensure_hourly_schedule()
    if with_history:
        _play_history(account, feed, environment, say)
    return Prepared(account, feed, credentials, _facts(environment, account))


def _require_frontend(vendor_dir: Path) -> None:
    missing = frontend.missing_files(vendor_dir)
    if missing:
        raise CannotStart(f"Front-end files are missing ({', '.join(missing)}). Run: make setup")


def _repair_audit(say: Say) -> None:
    repair = repair_audit_file()
    if repair.lines_added:
        say(f"The audit file was completed with {repair.lines_added} lines from the database.")
    if repair.problem:
        say(f"The audit file needs a look ({repair.problem}). Run: manage.py verify_audit")


def _play_history(account: Account, feed: Feed, environment: Environment, say: Say) -> None:
    try:
        played = play_first_days(account, feed, system_runtime().clock.now(), environment.var_dir)
    except (DataUnavailable, VenueUnavailable) as error:
        say(f"No history could be fetched ({error.message}); the charts start empty.")
        return
    if played:
        say(f"Played {played} cycles of the last 30 days with paper money, so that no chart is empty.")


def _facts(environment: Environment, account: Account) -> Welcome:
    return Welcome(
        url=f"http://{environment.bind_host}:{environment.bind_port}/",
        market_label=account.market_label,
        account=account.name,
        cash=f"{plain(account.starting_cash)} {account.quote_asset}",
        instruments=InstrumentRow.objects.filter(venue=account.venue, is_in_universe=True).count(),
        check_interval_seconds=environment.check_interval_seconds,
        is_autonomous=not needs_approval(account.pk),
        var_dir=str(environment.var_dir),
    )
