"""M09: settings by environment and `.env`; a bad value stops the start with its name and what is accepted."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROMISED = {
    "BINANCE_API_KEY", "BINANCE_API_SECRET", "GEMINI_API_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY",
    "TOGETHER_API_KEY", "AUTONOMOUS_MODE", "ENABLE_BACKUP_APIS", "MIN_CONFIDENCE_FOR_TRADE", "STOP_LOSS_PERCENT",
    "TAKE_PROFIT_PERCENT", "MAX_POSITION_SIZE", "CHECK_INTERVAL", "IBKR_HOST", "IBKR_PORT", "IBKR_CLIENT_ID",
    "ALERT_URLS", "BINANCE_REST_URL", "BINANCE_WS_URL", "GEMINI_BASE_URL", "OPENAI_BASE_URL", "ANTHROPIC_BASE_URL",
    "TOGETHER_BASE_URL",
}  # fmt: skip


def start(tmp_path: Path, command: str = "check", dotenv: str = "", **values: str) -> subprocess.CompletedProcess[str]:
    """`manage.py COMMAND` as a person starts it, with a data folder and an `.env` of its own."""
    (tmp_path / "env").write_text(dotenv, encoding="utf-8")
    plain = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=ROOT,
        env={**plain, "VAR_DIR": str(tmp_path), "ENV_FILE": str(tmp_path / "env"), **values},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_one_clear_line(result: subprocess.CompletedProcess[str], *words: str) -> None:
    said = result.stderr.strip() + result.stdout.strip()
    assert result.returncode != 0
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1, said
    for word in words:
        assert word in said


def test_every_promised_variable_is_known() -> None:
    from autotrader.settings.environment import known_names

    assert known_names() >= PROMISED


def test_it_starts_with_nothing_set(tmp_path: Path) -> None:
    assert start(tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("CHECK_INTERVAL", "soon", "whole number from 1 to 86400"),
        ("MIN_CONFIDENCE_FOR_TRADE", "60", "0.50 to 1"),
        ("STOP_LOSS_PERCENT", "5", "0.002 to 0.20"),
        ("AUTONOMOUS_MODE", "perhaps", "true or false"),
        ("BINANCE_REST_URL", "binance", "https"),
        ("DATABASE_URL", "mysql://x", "postgresql"),
    ],
)
def test_a_bad_value_stops_the_start_in_one_line(tmp_path: Path, name: str, value: str, accepted: str) -> None:
    assert_one_clear_line(start(tmp_path, **{name: value}), name, value, accepted)


def test_the_env_file_is_read(tmp_path: Path) -> None:
    assert_one_clear_line(start(tmp_path, dotenv="STOP_LOSS_PERCENT=0.9\n"), "STOP_LOSS_PERCENT", "0.9")


def test_the_environment_is_stronger_than_the_file(tmp_path: Path) -> None:
    assert start(tmp_path, dotenv="STOP_LOSS_PERCENT=0.9\n", STOP_LOSS_PERCENT="0.04").returncode == 0


def test_a_misspelt_name_in_the_file_is_told_with_the_nearest_one(tmp_path: Path) -> None:
    assert_one_clear_line(start(tmp_path, dotenv="STOP_LOS_PERCENT=0.04\n"), "STOP_LOS_PERCENT", "STOP_LOSS_PERCENT")


def test_no_key_shows_in_a_complaint(tmp_path: Path) -> None:
    result = start(tmp_path, dotenv="GEMINI_API_KEY=canary-key\nCHECK_INTERVAL=x\n")
    assert_one_clear_line(result, "CHECK_INTERVAL")
    assert "canary" not in result.stdout + result.stderr


@pytest.mark.django_db
def test_the_first_parameter_set_is_what_the_environment_says() -> None:
    from django.conf import settings

    from autotrader.lib.runtime import system_runtime
    from tests.dashboard.scene import build_scene
    from trading.models import ParameterSet

    build_scene(system_runtime())
    values = ParameterSet.objects.get(status="active").parameters()
    environment = settings.AUTOTRADER
    assert values.min_confidence == environment.min_confidence
    assert values.stop_loss_fraction == environment.stop_loss_fraction
    assert values.take_profit_fraction == environment.take_profit_fraction
    assert values.max_position_fraction == environment.max_position_fraction
