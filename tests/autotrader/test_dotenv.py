"""`.env` is read strictly: what cannot be read or is not known stops the start."""

from pathlib import Path

import pytest

from autotrader.settings.dotenv import read_dotenv, require_known
from autotrader.settings.environment import BadSetting, known_names


def _file(folder: Path, text: str) -> Path:
    path = folder / ".env"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_missing_file_is_empty(tmp_path: Path) -> None:
    assert read_dotenv(tmp_path / ".env") == {}


def test_values_comments_quotes_and_export_are_understood(tmp_path: Path) -> None:
    text = "# a comment\n\nCHECK_INTERVAL=30\nexport MARKET = simulated # the built-in one\nALERT_URLS='json://a # b'\n"
    assert read_dotenv(_file(tmp_path, text)) == {
        "CHECK_INTERVAL": "30",
        "MARKET": "simulated",
        "ALERT_URLS": "json://a # b",
    }


@pytest.mark.parametrize("line", ["garbage", "=5", "1NAME=5", "NAME 5"])
def test_a_broken_line_is_named_by_its_number(tmp_path: Path, line: str) -> None:
    with pytest.raises(BadSetting, match=r"\.env line 2"):
        read_dotenv(_file(tmp_path, f"CHECK_INTERVAL=30\n{line}\n"))


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadSetting, match="cannot be read"):
        read_dotenv(path)


def test_a_misspelt_name_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="did you mean MIN_CONFIDENCE_FOR_TRADE"):
        require_known(["MIN_CONFIDENSE_FOR_TRADE"], known_names(), tmp_path / ".env")


def test_names_of_partners_in_the_same_file_are_left_alone(tmp_path: Path) -> None:
    require_known(["OTEL_EXPORTER_OTLP_ENDPOINT", "POSTGRES_PASSWORD", "SECRET_KEY"], known_names(), tmp_path / ".env")


def test_every_name_in_the_example_is_a_setting(tmp_path: Path) -> None:
    example = Path(__file__).resolve().parents[2] / ".env.example"
    text = "\n".join(line.lstrip("#") for line in example.read_text(encoding="utf-8").splitlines() if "=" in line)
    require_known(read_dotenv(_file(tmp_path, text)), known_names(), example)
