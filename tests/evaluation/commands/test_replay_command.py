"""`manage.py replay`: bad input is one clear line and leaves nothing behind; a run ends with the code that fits."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from evaluation.management.commands import replay as command
from evaluation.replay import Watch
from tests.evaluation.replaying import made_up, silent_watch

pytestmark = pytest.mark.django_db

HEADER = "open_time,open,high,low,close,volume\n"
FIRST = "1767571200000,100,101,99,100,5\n"
SECOND = "1767571260000,100,101,99,100,5\n"


@pytest.fixture
def var_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing may appear here after bad input."""
    folder = tmp_path / "var"
    folder.mkdir()
    monkeypatch.setattr(settings, "VAR_DIR", folder)
    return folder


def run(*arguments: str) -> None:
    call_command("replay", *arguments)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "no bars in this file"),
        (HEADER, "no bars in this file"),
        ("time,price\n1,2\n", "the header 'time,price' lacks open_time, open, high, low, close, volume"),
        (HEADER + "1767571200000,100,101,99,nan,5\n", "line 2: close 'nan' is not a finite number"),
        (HEADER + SECOND + FIRST, "line 3: .* bars must be in the order of time, oldest first"),
        (HEADER + FIRST + FIRST, "line 3: .* stands here twice"),
        (HEADER + "1767571200000,100,99,99,100,5\n", "line 2: .* do not fit together"),
        (HEADER + "1767571200000,-1,101,-2,100,5\n", "line 2: prices must be above zero"),
        (HEADER + "yesterday,100,101,99,100,5\n", "line 2: open_time 'yesterday' is not a time"),
    ],
)
def test_a_bad_recording_is_named_with_its_line(tmp_path: Path, var_dir: Path, content: str, complaint: str) -> None:
    path = tmp_path / "AAAUSDT_1m.csv"
    path.write_text(content)
    with pytest.raises(CommandError, match=complaint) as caught:
        run("--bars", str(path))
    assert caught.value.returncode == command.BAD_INPUT
    assert str(caught.value).startswith(str(path))
    assert list(var_dir.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--bars", "nowhere/AAAUSDT_1m.csv"], "nowhere/AAAUSDT_1m.csv"),
        (["--bars", "notes.txt"], "does not say symbol and interval; accepted are"),
        (
            ["--bars", "{good}", "--from", "2027-01-01"],
            "no bar closes between .*the recordings run from 2026-01-05 00:00",
        ),
        (["--bars", "{good}", "--from", "2026-01-06", "--to", "2026-01-05"], "--from .* must lie before --to"),
        (["--bars", "{good}", "--from", "soon"], "'soon' is not a time"),
        (["--bars", "{good}", "--cash", "-5"], "cash of -5 is not accepted; accepted is 100 to"),
        (["--bars", "{good}", "--cash", "much"], "cash 'much' is not a number"),
        (["--bars", "{good}", "--cash", "nan"], "cash of NaN is not accepted"),
        (["--bars", "{good}", "--speed", "fast"], "speed 'fast' is not accepted; accepted are max and numbers"),
        (["--bars", "{good}", "--speed", "-1"], "speed '-1' is not accepted"),
        (["--bars", "{good}", "--speed", "nan"], "speed 'nan' is not accepted"),
        (["--bars", "{good}", "--set", "stop"], "'stop' is not accepted; accepted is e.g. atr_threshold=0.8"),
    ],
)
def test_a_bad_option_is_one_clear_line(tmp_path: Path, var_dir: Path, arguments: list[str], complaint: str) -> None:
    good = made_up(tmp_path / "bars", 1, 1)[0]
    with pytest.raises(CommandError, match=complaint) as caught:
        run(*(text.replace("{good}", str(good)) for text in arguments))
    assert caught.value.returncode == command.BAD_INPUT
    assert "\n" not in str(caught.value)
    assert list(var_dir.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [("colour=red", "unknown parameters: colour"), ("stop_loss_fraction=0.9", "accepted is 0.002 to 0.20")],
)
def test_a_bad_parameter_leaves_the_platforms_rows_alone(tmp_path: Path, change: str, complaint: str) -> None:
    good = made_up(tmp_path / "bars", 1, 1)[0]
    with pytest.raises(CommandError, match=complaint):
        run("--bars", str(good), "--set", change, "--out", str(tmp_path / "out"))
    assert not (tmp_path / "out" / "report.html").exists()


def test_intervals_are_not_mixed(tmp_path: Path, var_dir: Path) -> None:
    minute = made_up(tmp_path / "bars", 1, 1)[0]
    hour = tmp_path / "BBBUSDT_1h.csv"
    hour.write_text(HEADER + FIRST)
    with pytest.raises(CommandError, match="all bars of one replay must have the same interval; the files have 1h, 1m"):
        run("--bars", str(minute), str(hour))
    assert list(var_dir.iterdir()) == []


def test_one_account_pays_in_one_asset(tmp_path: Path, var_dir: Path) -> None:
    coin = made_up(tmp_path / "bars", 1, 1)[0]
    stock = tmp_path / "SPY_1m.csv"
    stock.write_text(HEADER + FIRST)
    with pytest.raises(CommandError, match="one account pays in one asset; the files have USD, USDT"):
        run("--bars", str(coin), str(stock))


def test_json_is_one_object_on_standard_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(path) for path in made_up(tmp_path / "bars", 1, 1)]
    run("--json", "--bars", *files, "--out", str(tmp_path / "out"))
    summary = json.loads(capsys.readouterr().out)
    assert (summary["cycles"], summary["is_complete"]) == (60, True)
    assert Path(summary["report"]).is_file()


def test_people_get_a_summary_that_promises_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(path) for path in made_up(tmp_path / "bars", 1, 1)]
    run("--bars", *files, "--out", str(tmp_path / "out"))
    text = capsys.readouterr().out
    assert "REPLAY" in text
    assert "8 of 8 kept" in text
    assert "62.5 % needed to break even before costs" in text
    assert "No real money was traded." in text


def test_a_stopped_run_has_its_report_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[object] = []

    def stopping(**_: object) -> object:
        return _Kept(silent_watch(should_stop=lambda: len(played) == 7, on_slot=played.append))

    monkeypatch.setattr(command, "watching", stopping)
    files = [str(path) for path in made_up(tmp_path / "bars", 1, 1)]
    with pytest.raises(SystemExit) as caught:
        run("--bars", *files, "--out", str(tmp_path / "out"))
    assert caught.value.code == command.INTERRUPTED
    assert "stopped before the end" in (tmp_path / "out" / "report.html").read_text()
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["cycles"] == 7


def test_a_paced_replay_waits_as_long_as_it_was_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("autotrader.lib.clock.SystemClock.sleep", lambda self, seconds: waits.append(seconds))
    files = [str(path) for path in made_up(tmp_path / "bars", 1, 1)]
    run("--bars", *files, "--out", str(tmp_path / "out"), "--speed", "60", "--to", "2026-01-05T00:05")
    assert waits[:5] == [1.0] * 5


class _Kept:
    """A context manager around a watch."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def __enter__(self) -> Watch:
        return self._watch

    def __exit__(self, *error: object) -> None:
        return None
