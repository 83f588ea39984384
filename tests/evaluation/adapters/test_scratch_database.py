"""A scratch database leaves the platform's own untouched."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from autotrader.lib.errors import BadInput
from evaluation.adapters.scratch_database import migration_state, scratch_platform, template_database
from tests.evaluation.rows import make_account
from trading.models import Account

pytestmark = pytest.mark.django_db


def run_dir(tmp_path: Path, name: str = "one") -> Path:
    folder = tmp_path / "replays" / name
    folder.mkdir(parents=True)
    return folder


def test_rows_written_inside_stay_inside(tmp_path: Path) -> None:
    make_account("own")
    with scratch_platform(run_dir(tmp_path), templates=tmp_path) as database:
        assert not Account.objects.exists()
        make_account("scratch")
    assert list(Account.objects.values_list("name", flat=True)) == ["own"]
    assert database.stat().st_size > 0


def test_logs_and_kill_file_of_the_platform_are_out_of_reach_inside(tmp_path: Path) -> None:
    usual = settings.VAR_DIR
    folder = run_dir(tmp_path)
    with scratch_platform(folder, templates=tmp_path):
        assert (settings.VAR_DIR, settings.LOG_DIR, settings.AUTOTRADER.var_dir) == (folder, folder / "logs", folder)
    assert usual == settings.VAR_DIR


def test_the_usual_database_is_back_after_an_error(tmp_path: Path) -> None:
    make_account("own")
    vendor = connection.vendor
    with pytest.raises(RuntimeError), scratch_platform(run_dir(tmp_path), templates=tmp_path):
        raise RuntimeError
    assert Account.objects.count() == 1
    assert connection.vendor == vendor


def test_the_template_is_made_once_for_a_state_of_the_migrations(tmp_path: Path) -> None:
    first = template_database(tmp_path)
    stamp = first.stat().st_mtime_ns
    assert migration_state()[:16] in first.name
    assert template_database(tmp_path) == first
    assert first.stat().st_mtime_ns == stamp
    assert list(tmp_path.glob("*.part")) == []


def test_two_runs_do_not_see_each_other(tmp_path: Path) -> None:
    with scratch_platform(run_dir(tmp_path, "one"), templates=tmp_path):
        make_account("first")
    with scratch_platform(run_dir(tmp_path, "two"), templates=tmp_path):
        assert not Account.objects.exists()


def test_a_folder_that_is_used_again_starts_empty(tmp_path: Path) -> None:
    folder = run_dir(tmp_path)
    for _ in range(2):
        with scratch_platform(folder, templates=tmp_path):
            assert not Account.objects.exists()
            make_account("scratch")
            assert list((folder / "logs").iterdir()) == []


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    folder = run_dir(tmp_path)
    (folder / "thesis.txt").write_text("mine")
    with pytest.raises(BadInput, match="holds other things"), scratch_platform(folder, templates=tmp_path):
        raise AssertionError
    assert (folder / "thesis.txt").read_text() == "mine"
