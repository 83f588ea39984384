"""Every list of /api/v1/: what it shows, its filters, its pages, and how many queries it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from autotrader.lib.canonical import iso_utc
from tests.dashboard.api.problems import assert_problem
from tests.dashboard.scene import Scene
from trading.models import LiveEvent, ParameterSet
from trading.services.open_account import open_account

LISTS = {
    "accounts": lambda scene: None,
    "instruments": lambda scene: None,
    "intents": lambda scene: scene.intent(),
    "approvals": lambda scene: scene.intent(state="AWAITING_APPROVAL", strategy=scene.next_id()),
    "orders": lambda scene: scene.order(),
    "fills": lambda scene: scene.fill(),
    "positions": lambda scene: None,
    "decisions": lambda scene: scene.decision(),
    "cycles": lambda scene: scene.cycle(scene._count + 100),
    "trades": lambda scene: scene.trade(),
    "bars": lambda scene: scene.bar(scene._count + int(scene.next_id()) + 100),
    "parameter-sets": lambda scene: proposed(scene),
    "equity": lambda scene: scene.equity("10000", timedelta(seconds=int(scene.next_id()))),
    "events": lambda scene: event(scene),
    "audit": lambda scene: None,
}
QUERY = {"bars": "symbol=BTCUSDT&interval=1m"}


def proposed(scene) -> ParameterSet:
    active = ParameterSet.objects.get(account=scene.account, status="active")
    return ParameterSet.objects.create(
        id=scene.next_id(),
        account=scene.account,
        strategy="rules-v1",
        parent=active,
        values={**active.values, "atr_threshold": "1.8"},
        status="proposed",
        reason="calmer",
        proposed_by="test",
        proposed_at=scene.now,
    )


def event(scene) -> LiveEvent:
    return LiveEvent.objects.create(account_id=scene.account.pk, topic="order", payload={"id": "1"}, ts=scene.now)


def url(name: str, more: str = "") -> str:
    return f"/api/v1/{name}/?" + "&".join(part for part in (QUERY.get(name, ""), more) if part)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_answers_with_and_without_the_last_slash(viewer, scene, name) -> None:
    query = QUERY.get(name, "")
    with_slash = viewer.get(f"/api/v1/{name}/?{query}")
    without = viewer.get(f"/api/v1/{name}?{query}")
    assert with_slash.status_code == without.status_code == 200
    assert with_slash.json()["results"] == without.json()["results"]
    assert with_slash["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "name", [name for name, add in LISTS.items() if name not in ("accounts", "audit", "positions", "instruments")]
)
def test_the_number_of_queries_does_not_grow_with_the_rows(viewer, scene, name) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert viewer.get(url(name)).status_code == 200
        return len(queries)

    LISTS[name](scene)
    viewer.get(url(name))
    one = cost()
    for _ in range(7):
        LISTS[name](scene)
    assert cost() == one
    assert one <= 7


@pytest.mark.parametrize(
    "name", ["orders", "decisions", "trades", "fills", "cycles", "equity", "bars", "parameter-sets", "intents"]
)
def test_pages_are_stable_while_rows_are_added(viewer, scene, name) -> None:
    for _ in range(5):
        LISTS[name](scene)
    seen, address = [], url(name, "page_size=2")
    before = viewer.get(url(name, "page_size=500")).json()["results"]
    while address:
        body = viewer.get(address).json()
        seen += body["results"]
        address = body["next"]
        if name not in ("cycles", "equity", "bars"):
            LISTS[name](scene)
    assert seen == before


def test_events_follow_from_the_last_id_somebody_saw(viewer, scene) -> None:
    last = event(scene).pk
    newer = event(scene).pk
    body = viewer.get(f"/api/v1/events/?after_id={last}").json()
    assert [entry["id"] for entry in body["results"]] == [newer]


def test_events_of_other_accounts_are_left_out(viewer, scene) -> None:
    LiveEvent.objects.create(account_id=scene.account.pk + 1, topic="order", ts=scene.now)
    assert {entry["account_id"] for entry in viewer.get("/api/v1/events/").json()["results"]} <= {
        scene.account.pk,
        None,
    }


def test_decimals_are_text_without_exponent_and_zeros(viewer, scene) -> None:
    scene.fill(quantity="0.010000", commission="0.00000001")
    row = viewer.get("/api/v1/fills/").json()["results"][0]
    assert (row["quantity"], row["commission"], row["price"]) == ("0.01", "0.00000001", "42600.5")


def test_an_order_shows_its_steps_in_the_detail(viewer, scene) -> None:
    order = scene.order()
    listed = viewer.get("/api/v1/orders/").json()["results"][0]
    detail = viewer.get(f"/api/v1/orders/{order.pk}/").json()
    assert "transitions" not in listed
    assert detail["transitions"][0]["to_state"] == "FILLED"
    assert {key: detail[key] for key in listed} == listed


def test_a_decision_shows_its_phases_in_the_detail(viewer, scene) -> None:
    decision = scene.decision()
    scene.phase(decision)
    detail = viewer.get(f"/api/v1/decisions/{decision.pk}").json()
    assert detail["phases"][0]["phase"] == "initial_analysis"
    assert detail["symbol"] == "BTCUSDT"


def test_a_position_is_found_by_its_symbol(viewer, scene) -> None:
    scene.position()
    body = viewer.get("/api/v1/positions/btcusdt/").json()
    assert (body["symbol"], body["quantity"], body["stop_loss"]) == ("BTCUSDT", "0.01", "40375")
    assert_problem(viewer.get("/api/v1/positions/ETHUSDT/"), 404)


def test_an_account_comes_with_its_switches(viewer, scene) -> None:
    body = viewer.get(f"/api/v1/accounts/{scene.account.pk}/").json()
    assert body["market_label"] == "SIMULATED"
    assert body["control"]["is_enabled"] is True


def test_expired_plans_do_not_wait_for_approval(viewer, scene) -> None:
    scene.intent(state="AWAITING_APPROVAL", expires_at=scene.now - timedelta(seconds=1))
    assert viewer.get("/api/v1/approvals/").json()["results"] == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("orders/?state=FILLED", 1),
        ("orders/?state=WORKING", 0),
        ("orders/?symbol=BTCUSDT&side=BUY", 1),
        ("orders/?symbol=btcusdt", 1),
        ("orders/?symbol=ETHUSDT", 0),
        ("fills/?side=SELL", 0),
        ("decisions/?is_acting=true", 1),
        ("decisions/?is_acting=false", 0),
        ("decisions/?action=BUY&status=EXECUTED", 1),
        ("trades/?exit_reason=TAKE_PROFIT", 1),
        ("positions/?is_open=true", 1),
        ("positions/?is_open=false", 0),
        ("parameter-sets/?status=active", 1),
        ("instruments/?symbol=ETHUSDT", 1),
        ("audit/?kind=account_opened", 1),
        ("bars/?symbol=BTCUSDT&interval=1m", 1),
        ("bars/?symbol=BTCUSDT&interval=5m", 0),
    ],
)
def test_filters(viewer, scene, query, expected) -> None:
    scene.fill(scene.order())
    scene.decision()
    scene.trade()
    scene.position()
    scene.bar()
    assert len(viewer.get(f"/api/v1/{query}").json()["results"]) == expected


def test_times_bound_from_the_start_inclusive_to_the_end_exclusive(viewer, scene) -> None:
    trade = scene.trade()
    at = iso_utc(trade.closed_at)
    assert len(viewer.get(f"/api/v1/trades/?closed_after={at}").json()["results"]) == 1
    assert len(viewer.get(f"/api/v1/trades/?closed_before={at}").json()["results"]) == 0


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("orders/?symbl=BTCUSDT", "symbl"),
        ("orders/?state=FILED", "state"),
        ("orders/?symbol=NOPE", "NOPE"),
        ("orders/?symbol=%00", "null"),
        ("orders/?created_after=yesterday", "created_after"),
        ("orders/?page_size=0", "page_size"),
        ("orders/?page_size=-1", "page_size"),
        ("orders/?page_size=501", "page_size"),
        ("orders/?page_size=all", "page_size"),
        ("orders/?page_size=%C2%B2", "page_size"),
        ("orders/?state=FILLED&state=WORKING", "once"),
        ("bars/", "symbol"),
        ("bars/?symbol=BTCUSDT", "interval"),
        ("bars/?symbol=BTCUSDT&interval=2m", "interval"),
        ("bars/?symbol=NOPE&interval=1m", "NOPE"),
        ("events/?after_id=x", "after_id"),
        ("audit/?after_seq=1e99999", "after_seq"),
        ("audit/?after_seq=NaN", "after_seq"),
        ("fills/?order=%00", "null"),
        ("parameter-sets/?status=best", "status"),
    ],
)
def test_a_bad_filter_is_told_and_not_ignored(viewer, scene, path, says) -> None:
    assert_problem(viewer.get(f"/api/v1/{path}"), 400, says=says)


@pytest.mark.parametrize(
    "cursor", ["x", "%00", "cD0lMDA=", "cD1u", "bz0tMQ==", "w6Q=", "cD0yMDI2", "&&", "cj0xJnA9eA==", "cD0="]
)
@pytest.mark.parametrize("name", ["orders", "cycles", "fills", "equity", "bars", "audit"])
def test_a_forged_cursor_never_breaks_the_server(viewer, scene, name, cursor) -> None:
    LISTS[name](scene)
    response = viewer.get(url(name, f"cursor={cursor}"))
    if response.status_code != 200:
        assert_problem(response, response.status_code)
        assert response.status_code in (400, 404)


@pytest.mark.parametrize(
    "key", ["987654321", "01J0000000000000000000000!", "0" * 26, "%00" * 26, "x" * 3000, "../../etc/passwd"]
)
@pytest.mark.parametrize("name", ["orders", "decisions", "fills", "accounts", "trades", "positions"])
def test_what_is_not_there_is_a_404_problem(viewer, scene, name, key) -> None:
    response = viewer.get(f"/api/v1/{name}/{key}/")
    assert_problem(response, 404)


def test_another_accounts_rows_are_shown_only_when_it_is_chosen(viewer, scene) -> None:
    scene.order()
    other = open_account(
        runtime=scene.runtime,
        name="second",
        venue="paper",
        environment="paper",
        quote_asset="USDT",
        cash=scene.account.starting_cash,
    )
    theirs = Scene(scene.runtime, other, scene.btc, scene.eth, _count=500).order()
    listed = viewer.get("/api/v1/orders/?account=second").json()["results"]
    assert [row["id"] for row in listed] == [theirs.pk]
    assert theirs.pk not in [row["id"] for row in viewer.get("/api/v1/orders/").json()["results"]]
