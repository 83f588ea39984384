"""Asking the engine: an analysis that places nothing, and trades that pass the same rules as every other one."""

from decimal import Decimal

import pytest

from ai.models import CycleRow, DecisionRow
from tests.ai.fakes import held
from tests.dashboard.api.problems import assert_problem
from tests.dashboard.engine import make_engine
from trading.domain.decision import Action
from trading.models import AccountControl, AuditLine, Intent

ANALYSE = "/api/v1/decisions/analyse/"
BUY = {"symbol": "BTCUSDT", "side": "BUY", "quantity": "0.5"}


@pytest.fixture
def engine_with(scene, monkeypatch):
    def install(**options):
        engine = make_engine(scene.account, **options)
        monkeypatch.setattr("ai.bootstrap.shared_engine", lambda account_id: engine)
        return engine

    return install


@pytest.fixture
def engine(engine_with):
    return engine_with()


def ask(client, body: dict, path: str = "/api/v1/intents/"):
    return client.post(path, body, format="json")


def test_an_analysis_shows_all_phases_and_places_nothing(trader, engine, scene) -> None:
    response = ask(trader, {"symbol": "BTCUSDT"}, ANALYSE)
    body = response.json()
    assert response.status_code == 201
    assert (body["symbol"], body["action"], body["status"]) == ("BTCUSDT", "BUY", "ANALYSIS_ONLY")
    assert [phase["phase"] for phase in body["phases"]] == [
        "initial_analysis",
        "refinement",
        "risk_validation",
        "confidence_gate",
    ]
    assert not Intent.objects.exists()


def test_an_analysis_looks_at_one_instrument_only(trader, engine, scene) -> None:
    ask(trader, {"symbol": "ethusdt"}, ANALYSE)
    assert [row.instrument.symbol for row in DecisionRow.objects.all()] == ["ETHUSDT"]
    assert engine.decider.asked == [("ETHUSDT",)]


def test_a_run_on_request_is_no_slot_of_the_loop(trader, engine, scene) -> None:
    ask(trader, {"symbol": "BTCUSDT"}, ANALYSE)
    control = AccountControl.objects.get()
    assert (control.slots_run, control.last_slot) == (0, None)


def test_a_request_while_a_cycle_runs_is_told_to_come_back(trader, engine, scene) -> None:
    scene.cycle(1, state="RUNNING", owner="another-host|1|x|1", lease_until=scene.now.replace(year=scene.now.year + 1))
    assert_problem(ask(trader, {"symbol": "BTCUSDT"}, ANALYSE), 409, "busy", says="again in a moment")
    assert CycleRow.objects.count() == 1


def test_a_closed_exchange_is_told(trader, engine_with, scene) -> None:
    engine_with(is_session_open=False)
    assert_problem(ask(trader, {"symbol": "BTCUSDT"}, ANALYSE), 409, "session_closed")


def test_a_trade_that_is_asked_for_becomes_an_intent(trader, engine, scene) -> None:
    response = ask(trader, BUY)
    body = response.json()
    assert response.status_code == 201
    assert body["status"] == "SUBMITTED", body
    intent = Intent.objects.get(pk=body["execution"]["intent_id"])
    assert (intent.state, intent.quantity, intent.side) == ("APPROVED", Decimal("0.5"), "BUY")
    assert intent.stop_loss < intent.limit_price < intent.take_profit
    assert body["decided_by"] == "person"
    assert "trader-person" in body["reasoning"]


def test_a_request_leaves_its_audit_lines(trader, engine, scene) -> None:
    ask(trader, BUY)
    kinds = set(AuditLine.objects.values_list("kind", flat=True))
    assert {"decision", "decision.placed", "intent"} <= kinds


def test_no_more_is_bought_than_the_sizing_rules_allow(trader, engine, scene) -> None:
    body = ask(trader, {**BUY, "quantity": "1000"}).json()
    intent = Intent.objects.get()
    assert body["status"] == "SUBMITTED"
    assert intent.quantity * intent.limit_price <= Decimal(10000) * Decimal("0.02")


def test_a_halted_account_denies_by_name(trader, engine, scene) -> None:
    AccountControl.objects.update(trading_state="HALTED")
    body = ask(trader, BUY).json()
    assert body["status"] == "DENIED"
    assert body["denied_by"]
    assert Intent.objects.get().state == "DENIED"


def test_in_manual_mode_a_request_waits_for_approval_like_every_trade(trader, engine, scene) -> None:
    AccountControl.objects.update(is_autonomous=False)
    assert ask(trader, BUY).json()["status"] == "AWAITING_APPROVAL"
    assert len(trader.get("/api/v1/approvals/").json()["results"]) == 1


def test_bad_data_moves_no_money_even_on_request(trader, engine_with, scene) -> None:
    engine_with(data_problem="the last bar is old")
    body = ask(trader, BUY).json()
    assert (body["status"], body["hold_cause"]) == ("HOLD", "data")
    assert not Intent.objects.exists()


def test_selling_a_part_of_what_is_held(trader, engine_with, scene) -> None:
    scene.position(quantity="0.5")
    engine_with(position=held("0.5"))
    body = ask(trader, {**BUY, "side": "SELL", "quantity": "0.2"}).json()
    assert body["status"] == "SUBMITTED", body
    assert (Intent.objects.get().purpose, Intent.objects.get().quantity) == ("EXIT", Decimal("0.2"))


def test_closing_a_position_sells_all_of_it(trader, engine_with, scene) -> None:
    scene.position(quantity="0.5")
    engine_with(position=held("0.5"), action=Action.HOLD)
    body = ask(trader, {}, "/api/v1/positions/btcusdt/close/").json()
    assert body["status"] == "SUBMITTED", body
    assert (Intent.objects.get().side, Intent.objects.get().quantity) == ("SELL", Decimal("0.5"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": "-1"}, "quantity"),
        ({"quantity": -1}, "quantity"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "NaN"}, "quantity"),
        ({"quantity": "sNaN"}, "quantity"),
        ({"quantity": "Infinity"}, "quantity"),
        ({"quantity": "1e-30"}, "quantity"),
        ({"quantity": "1e400"}, "quantity"),
        ({"quantity": "0." + "1" * 19}, "quantity"),
        ({"quantity": "9" * 40}, "quantity"),
        ({"quantity": "much"}, "quantity"),
        ({"quantity": ""}, "quantity"),
        ({"quantity": True}, "quantity"),
        ({"quantity": None}, "quantity"),
        ({"quantity": ["1"]}, "quantity"),
        ({"quantity": {"a": 1}}, "quantity"),
        ({"side": "buy"}, "side"),
        ({"side": "SHORT"}, "side"),
        ({"side": None}, "side"),
        ({"symbol": 5}, "symbol"),
        ({"symbol": ""}, "symbol"),
        ({"symbol": "B" * 41}, "symbol"),
        ({"symbol": "BTC\x00"}, "symbol"),
        ({"price": "5"}, "price"),
    ],
)
def test_a_bad_request_names_the_field_and_writes_nothing(trader, engine, scene, change, field) -> None:
    problem = assert_problem(ask(trader, {**BUY, **change}), 400, "bad_input")
    assert list(problem["errors"]) == [field]
    assert not DecisionRow.objects.exists()
    assert not Intent.objects.exists()


@pytest.mark.parametrize("missing", ["symbol", "side", "quantity"])
def test_a_missing_field_is_named(trader, engine, scene, missing) -> None:
    body = {name: value for name, value in BUY.items() if name != missing}
    assert list(assert_problem(ask(trader, body), 400)["errors"]) == [missing]


@pytest.mark.parametrize("quantity", [b"0.5", b"5e-1", b"0.50000", b'"0.5"'])
def test_a_json_number_is_taken_exactly(trader, engine, scene, quantity) -> None:
    body = b'{"symbol": "BTCUSDT", "side": "BUY", "quantity": ' + quantity + b"}"
    assert trader.generic("POST", "/api/v1/intents/", body, content_type="application/json").status_code == 201
    assert Intent.objects.get().quantity == Decimal("0.5")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/intents/", {**BUY, "symbol": "DOGEUSDT"}),
        (ANALYSE, {"symbol": "DOGEUSDT"}),
        ("/api/v1/positions/DOGEUSDT/close/", {}),
    ],
)
def test_an_unknown_symbol_is_told(trader, engine, scene, path, body) -> None:
    assert_problem(ask(trader, body, path), 400, "unknown_symbol", says="DOGEUSDT")
    assert not CycleRow.objects.exists()


def test_a_symbol_outside_the_universe_cannot_be_traded(trader, engine, scene) -> None:
    scene.btc.is_in_universe = False
    scene.btc.save()
    assert_problem(ask(trader, BUY), 400, "unknown_symbol")


def test_a_quantity_off_the_lot_grid_is_told_with_the_step(trader, engine, scene) -> None:
    assert_problem(ask(trader, {**BUY, "quantity": "0.000015"}), 400, "bad_input", says="steps of 0.00001")


def test_what_is_not_held_cannot_be_sold(trader, engine, scene) -> None:
    sell = {**BUY, "side": "SELL"}
    assert_problem(ask(trader, {**sell, "quantity": "1"}), 409, "no_position")
    scene.position(quantity="0.5")
    assert_problem(ask(trader, {**sell, "quantity": "0.6"}), 409, "not_held", says="0.5")
    assert not Intent.objects.exists()


def test_a_live_account_takes_no_requests(operator, engine, scene) -> None:
    scene.account.environment = "live"
    scene.account.save()
    assert_problem(ask(operator, BUY), 400, says="only")
    assert not Intent.objects.exists()
