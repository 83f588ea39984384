"""A database of its own for one run, so that a replay never touches the platform's rows, switches or audit chain.

It is a copy of an empty, migrated template that is made once for each state of the migrations. It runs with
`synchronous=OFF` and without sharing: a power cut may lose it, which is fine for a run
that can be made again byte for byte.
"""

import copy
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections

from autotrader.lib.errors import BadInput

SCRATCH_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON; "
        "PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000;"
    ),
}
DATABASE_NAME = "replay.sqlite3"


@contextmanager
def scratch_platform(run_dir: Path, *, templates: Path) -> Iterator[Path]:
    """Inside, the platform's database, logs and kill file are those of `run_dir`; afterwards all is as before.

    Gives the database's path; an earlier run's there is replaced. `templates` is the folder that keeps the
    template. The environment's TRADING_HALT and AUTONOMOUS_MODE do not hold inside: no order leaves the process,
    and nobody is there to be asked.
    """
    database = run_dir / DATABASE_NAME
    template = template_database(templates)
    _fresh(run_dir)
    shutil.copyfile(template, database)
    with _own_directories(run_dir), default_database(database):
        yield database


def _fresh(run_dir: Path) -> None:
    """An empty folder in the place of an earlier run's. Raises BadInput for a folder that is not one."""
    if run_dir.exists():
        if any(run_dir.iterdir()) and not (run_dir / DATABASE_NAME).exists():
            raise BadInput(f"{run_dir} holds other things than a replay; name another folder")
        shutil.rmtree(run_dir)
    (run_dir / "logs").mkdir(parents=True)


def template_database(folder: Path) -> Path:
    """An empty, migrated database in `folder` for the present migrations; made when it is not there yet."""
    template = folder / f"template-{migration_state()[:16]}.sqlite3"
    if template.exists():
        return template
    folder.mkdir(parents=True, exist_ok=True)
    draft = template.with_suffix(".part")
    draft.unlink(missing_ok=True)
    with default_database(draft):
        call_command("migrate", verbosity=0, interactive=False)
    return draft.replace(template)


def migration_state() -> str:
    """A hash over the text of every installed migration: it changes when the tables may have changed."""
    digest = hashlib.sha256()
    for config in sorted(apps.get_app_configs(), key=lambda item: item.label):
        for path in sorted((Path(config.path) / "migrations").glob("*.py")):
            digest.update(f"{config.label}/{path.name}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


@contextmanager
def default_database(path: Path) -> Iterator[None]:
    """Point Django's default connection of this thread at the SQLite file `path`, and back."""
    usual_settings = connections.settings[DEFAULT_DB_ALIAS]
    usual = connections[DEFAULT_DB_ALIAS]
    connections.settings[DEFAULT_DB_ALIAS] = _sqlite_settings(usual_settings, path)
    connections[DEFAULT_DB_ALIAS] = scratch = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        yield
    finally:
        scratch.close()
        connections.settings[DEFAULT_DB_ALIAS] = usual_settings
        connections[DEFAULT_DB_ALIAS] = usual


def _sqlite_settings(usual: dict[str, Any], path: Path) -> dict[str, Any]:
    changed = copy.deepcopy(usual)
    changed.update(ENGINE="django.db.backends.sqlite3", NAME=str(path), OPTIONS=dict(SCRATCH_OPTIONS))
    return changed


@contextmanager
def _own_directories(run_dir: Path) -> Iterator[None]:
    usual = {name: getattr(settings, name) for name in ("VAR_DIR", "LOG_DIR", "AUTOTRADER")}
    settings.VAR_DIR = run_dir
    settings.LOG_DIR = run_dir / "logs"
    settings.AUTOTRADER = replace(usual["AUTOTRADER"], var_dir=run_dir, trading_halt=False, autonomous_mode=True)
    try:
        yield
    finally:
        for name, value in usual.items():
            setattr(settings, name, value)
