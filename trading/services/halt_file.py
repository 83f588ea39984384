"""The kill switch that works without the database: the file `VAR_DIR/HALT` stops every account while it exists."""

import os
from pathlib import Path

from autotrader.lib.canonical import iso_utc
from autotrader.lib.runtime import Runtime
from trading.selectors.trading_state import halt_file_path


def drop_halt_file(*, runtime: Runtime, reason: str, by: str) -> Path:
    """Put the file there. An older one is kept, with its older reason. Raises OSError when the disk refuses."""
    path = halt_file_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{iso_utc(runtime.clock.now())} {by}: {reason}\n")
        file.flush()
        os.fsync(file.fileno())
    return path


def remove_halt_file() -> bool:
    """Take the file away; whether there was one."""
    try:
        halt_file_path().unlink()
    except FileNotFoundError:
        return False
    return True
