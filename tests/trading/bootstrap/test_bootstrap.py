"""Which market an account gets, and that real and invented prices never meet in one."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings

from autotrader.lib.errors import BadInput, Conflict
from autotrader.lib.runtime import system_runtime
from trading.bootstrap import (
    build_account_parts,
    build_feed,
    choose_market,
    ensure_default_account,
    market_of,
)
from trading.models import Account, InstrumentRow
from trading.services.open_account import open_account

pytestmark = pytest.mark.django_db(transaction=True)


def environment(**changes: Any) -> Any:
    return replace(settings.AUTOTRADER, **changes)


def opened(name: str, venue: str, kind: str = "paper") -> Account:
    return open_account(
        runtime=system_runtime(), name=name, venue=venue, environment=kind, quote_asset="USDT", cash=Decimal(1000)
    )


def never(base_url: str) -> bool:
    raise AssertionError("nobody should have asked")


@pytest.mark.parametrize("market", ["binance", "simulated", "replay"])
def test_a_named_market_is_taken_without_asking_the_network(market: str) -> None:
    assert choose_market(environment(market=market), never) == market


@pytest.mark.parametrize(("answers", "market"), [(True, "binance"), (False, "simulated")])
def test_the_automatic_choice_is_binance_where_it_answers(answers: bool, market: str) -> None:
    assert choose_market(environment(market="auto"), lambda base_url: answers) == market


@pytest.mark.parametrize("market", ["binance", "simulated"])
def test_the_automatic_choice_stays_what_it_was(market: str) -> None:
    opened("paper", f"paper-{market}")
    assert choose_market(environment(market="auto"), never) == market


def test_the_default_account_is_opened_once() -> None:
    runtime = system_runtime()
    first, second = (ensure_default_account(environment(market="simulated"), runtime) for _ in range(2))
    assert first.pk == second.pk
    assert (first.name, first.market_label, first.quote_asset) == ("paper-simulated", "SIMULATED", "USDT")
    assert InstrumentRow.objects.filter(venue="paper-simulated", is_in_universe=True).count() == 10


def test_a_smaller_universe_takes_instruments_out() -> None:
    runtime = system_runtime()
    ensure_default_account(environment(market="simulated"), runtime)
    ensure_default_account(environment(market="simulated", universe=("BTCUSDT",)), runtime)
    assert list(InstrumentRow.objects.filter(is_in_universe=True).values_list("symbol", flat=True)) == ["BTCUSDT"]


def test_a_universe_in_two_currencies_is_refused_and_nothing_is_opened() -> None:
    with pytest.raises(BadInput, match="one account pays in one asset"):
        ensure_default_account(environment(market="simulated", universe=("BTCUSDT", "AAPL")), system_runtime())
    assert Account.objects.count() == 0
    assert InstrumentRow.objects.count() == 0


def test_an_unknown_market_says_what_is_known() -> None:
    with pytest.raises(BadInput, match="binance, simulated, replay are"):
        build_feed(environment(), system_runtime().clock, "nasdaq")


def test_a_live_account_is_not_traded_by_this_version() -> None:
    with pytest.raises(Conflict, match="only paper accounts trade"):
        market_of(opened("real", "binance", "live"))


def test_the_parts_belong_to_the_accounts_own_market() -> None:
    parts = build_account_parts()
    assert parts.market.label == "SIMULATED"
    assert parts.gateway is not None
    assert parts.executor.account == parts.account


def test_the_gateway_can_be_left_to_another_process() -> None:
    parts = build_account_parts(has_gateway_here=False)
    assert parts.gateway is None
    parts.executor.pump()
