"""Every variable of M09: its default, what is accepted, and the one clear line when it is not."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autotrader.settings.environment import BadSetting, Environment, known_names, read_environment

BASE = Path("/somewhere")


def read(**values: str) -> Environment:
    return read_environment(values, BASE)


def test_nothing_needs_to_be_set() -> None:
    environment = read()
    assert environment.autonomous_mode is True
    assert environment.enable_backup_apis is True
    assert environment.min_confidence == Decimal("0.60")
    assert environment.stop_loss_fraction == Decimal("0.05")
    assert environment.take_profit_fraction == Decimal("0.03")
    assert environment.max_position_fraction == Decimal("0.02")
    assert environment.check_interval_seconds == 60
    assert environment.bind_host == "127.0.0.1"
    assert environment.market == "auto"
    assert environment.trading_halt is False
    assert environment.database_url == "sqlite:////somewhere/var/autotrader.sqlite3"


def test_an_empty_value_is_the_default() -> None:
    assert read(CHECK_INTERVAL="", STOP_LOSS_PERCENT=" ", AUTONOMOUS_MODE="") == read()


BAD = {
    "CHECK_INTERVAL": ["0", "-60", "1.5", "soon", "86401", "1e3"],
    "MIN_CONFIDENCE_FOR_TRADE": ["0.49", "1.01", "60", "NaN", "Infinity", "sNaN", "high", "0,6"],
    "STOP_LOSS_PERCENT": ["5", "0", "-0.05", "0.21", "5%"],
    "TAKE_PROFIT_PERCENT": ["3", "0.001", "0.51"],
    "MAX_POSITION_SIZE": ["2", "0.11", "0"],
    "AUTONOMOUS_MODE": ["maybe", "2", "tru"],
    "ENABLE_BACKUP_APIS": ["ja"],
    "TRADING_HALT": ["halt"],
    "IBKR_PORT": ["0", "65536", "port"],
    "IBKR_CLIENT_ID": ["-1", "x"],
    "BIND_PORT": ["0", "80000", "http"],
    "MARKET": ["bitmex"],
    "BAR_INTERVAL": ["2m", "1M5"],
    "PAPER_CASH": ["99", "-1", "lots", "1e10"],
    "APPROVAL_TTL_SECONDS": ["29", "86401"],
    "SIMULATION_SEED": ["-1", "seven"],
    "LOG_LEVEL": ["loud"],
    "BINANCE_REST_URL": ["ftp://x", "binance.com", "https://", "http://["],
    "BINANCE_WS_URL": ["https://stream"],
    "GEMINI_BASE_URL": ["x"],
    "OPENAI_BASE_URL": ["//host"],
    "ANTHROPIC_BASE_URL": ["file:///etc/passwd"],
    "TOGETHER_BASE_URL": ["together"],
    "REDIS_URL": ["http://localhost"],
    "DATABASE_URL": ["mysql://localhost/x", "x.sqlite3"],
    "UNIVERSE": ["BTC/USDT", "BTCUSDT,BTCUSDT", "BTCUSDT,btcusdt", "..", "BTC USDT", "ΒTCUSDT"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_a_bad_value_is_refused_with_its_name_and_what_is_accepted(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as caught:
        read(**{name: value})
    text = str(caught.value)
    assert name in text
    assert "accepted" in text or "once" in text
    assert "\n" not in text


def test_every_variable_with_a_form_is_tested_with_bad_values() -> None:
    free = {name for name in known_names() if name.endswith(("_API_KEY", "_API_SECRET"))}
    free |= {
        "VAR_DIR",
        "BIND_HOST",
        "ALLOWED_HOSTS",
        "REPLAY_FILES",
        "IBKR_HOST",
        "ALERT_URLS",
        "SECRET_KEY",
        "ENV_FILE",
    }
    assert known_names() - free - {"SIMULATION_SPEED"} == set(BAD)


@pytest.mark.parametrize(("word", "value"), [("TRUE", True), ("1", True), ("Yes", True), ("off", False), ("no", False)])
def test_words_for_true_and_false(word: str, value: bool) -> None:
    assert read(AUTONOMOUS_MODE=word).autonomous_mode is value


@given(st.decimals(Decimal("0.002"), Decimal("0.20"), places=6))
def test_a_fraction_is_taken_exactly(value: Decimal) -> None:
    assert read(STOP_LOSS_PERCENT=str(value)).stop_loss_fraction == value


@given(st.text(max_size=30))
def test_no_text_makes_anything_but_a_value_or_a_clear_complaint(text: str) -> None:
    for name in BAD:
        try:
            read(**{name: text})
        except BadSetting as error:
            assert name in str(error)


def test_symbols_are_written_in_capitals() -> None:
    assert read(UNIVERSE="btcusdt, BRK.B ,spy").universe == ("BTCUSDT", "BRK.B", "SPY")


def test_a_speed_needs_the_simulated_market() -> None:
    assert read(MARKET="simulated", SIMULATION_SPEED="60").simulation_speed == 60
    with pytest.raises(BadSetting, match="simulated"):
        read(SIMULATION_SPEED="60")


def test_keys_are_kept_out_of_every_repr() -> None:
    environment = read(BINANCE_API_SECRET="canary-1", OPENAI_API_KEY="canary-2")
    assert "canary" not in repr(environment)
    assert "binance_api_secret" in repr(environment.secrets)


def test_a_password_in_a_bad_address_is_not_told() -> None:
    for name, value in (
        ("DATABASE_URL", "mysql://user:canary@host/x"),
        ("REDIS_URL", "http://:canary@host"),
        ("BINANCE_REST_URL", "ftp://user:canary@host"),
    ):
        with pytest.raises(BadSetting) as caught:
            read(**{name: value})
        assert "canary" not in str(caught.value)


def test_a_broken_address_is_a_complaint_and_no_traceback() -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        with pytest.raises(BadSetting, match=name):
            read(**{name: "postgresql://[" if name == "DATABASE_URL" else "redis://["})
