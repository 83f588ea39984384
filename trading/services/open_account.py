"""Open an account with all it needs to trade: switches, first parameter set, ledger deposit, audit line."""

from decimal import Decimal

from django.conf import settings
from django.db import transaction

from autotrader.lib.errors import BadInput, Conflict
from autotrader.lib.money import ZERO
from autotrader.lib.runtime import Runtime
from trading.domain.audit_chain import AuditEntry
from trading.domain.parameters import StrategyParameters
from trading.domain.trading_state import Environment
from trading.models import Account, AccountControl, Balance, LedgerEntry, LedgerTransaction, ParameterSet
from trading.services.append_audit import append_audit
from trading.services.record_event import record_event
from trading.services.stored_parameters import stored_parameters

FIRST_STRATEGY = "rules-v1"
OPENED_BY = "set-up"


def open_account(
    *,
    runtime: Runtime,
    name: str,
    venue: str,
    environment: str,
    quote_asset: str,
    cash: Decimal,
    market_label: str = "",
) -> Account:
    """The account called `name`; it is opened on the first call and returned as it is on every later one.

    `cash` is in `quote_asset` and counts on the first call only.
    Raises BadInput for a value that is not accepted, Conflict when the name is taken by an account elsewhere.
    """
    _require_valid(name=name, environment=environment, quote_asset=quote_asset, cash=cash)
    wanted = {"venue": venue, "environment": str(environment), "quote_asset": quote_asset}
    with transaction.atomic():
        account, is_new = Account.objects.get_or_create(
            name=name,
            defaults={
                **wanted,
                "starting_cash": cash,
                "market_label": market_label,
                "created_at": runtime.clock.now(),
            },
        )
        if is_new:
            _furnish(runtime, account)
    _require_same(account, wanted)
    return account


def first_parameters() -> StrategyParameters:
    """The parameters an account starts with: the defaults with what the environment sets."""
    environment = settings.AUTOTRADER
    return StrategyParameters(
        min_confidence=environment.min_confidence,
        stop_loss_fraction=environment.stop_loss_fraction,
        take_profit_fraction=environment.take_profit_fraction,
        max_position_fraction=environment.max_position_fraction,
    )


def _require_valid(*, name: str, environment: str, quote_asset: str, cash: Decimal) -> None:
    longest = 64
    if not name.strip() or len(name) > longest:
        raise BadInput(f"account name {name!r} is not accepted: 1 to {longest} characters are")
    if environment not in [item.value for item in Environment]:
        raise BadInput(f"environment {environment!r} is not accepted: {', '.join(Environment)} are")
    if not quote_asset.isalnum() or quote_asset != quote_asset.upper():
        raise BadInput(f"quote asset {quote_asset!r} is not accepted: capital letters and digits such as USDT are")
    if not cash.is_finite() or cash < 0:
        raise BadInput(f"cash of {cash} is not accepted: a number of 0 or more is")


def _require_same(account: Account, wanted: dict[str, str]) -> None:
    for field, value in wanted.items():
        if getattr(account, field) != value:
            raise Conflict(f"account {account.name!r} exists with {field} {getattr(account, field)!r}, not {value!r}")


def _furnish(runtime: Runtime, account: Account) -> None:
    AccountControl.objects.create(account=account, changed_by=OPENED_BY, changed_at=account.created_at)
    parameter_set = _first_parameter_set(runtime, account)
    _deposit(runtime, account)
    body = {
        "name": account.name,
        "venue": account.venue,
        "environment": account.environment,
        "market_label": account.market_label,
        "quote_asset": account.quote_asset,
        "cash": account.starting_cash,
        "parameter_set_id": parameter_set.id,
        "parameters": parameter_set.values,
    }
    append_audit(runtime=runtime, entries=[AuditEntry("account_opened", str(account.id), body)])
    record_event(runtime=runtime, account_id=account.id, topic="control", payload={"opened": account.name})


def _first_parameter_set(runtime: Runtime, account: Account) -> ParameterSet:
    return ParameterSet.objects.create(
        id=runtime.ids.ulid(),
        account=account,
        strategy=FIRST_STRATEGY,
        values=stored_parameters(first_parameters()),
        status=ParameterSet.Status.ACTIVE,
        reason="The first set: the defaults and what the environment sets.",
        proposed_by=OPENED_BY,
        proposed_at=account.created_at,
        activated_by=OPENED_BY,
        activated_at=account.created_at,
    )


def _deposit(runtime: Runtime, account: Account) -> None:
    cash, asset = account.starting_cash, account.quote_asset
    Balance.objects.create(account=account, asset=asset, total=cash)
    if cash == ZERO:
        return
    deposit = LedgerTransaction.objects.create(
        id=runtime.ids.ulid(), account=account, kind="deposit", reference="opening", ts=account.created_at
    )
    LedgerEntry.objects.bulk_create(
        [
            LedgerEntry(transaction=deposit, book="capital", asset=asset, amount=-cash),
            LedgerEntry(transaction=deposit, book="wallet", asset=asset, amount=cash),
        ]
    )
