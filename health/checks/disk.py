"""Is there room for the database and the audit file?"""

import shutil
from pathlib import Path

from health.domain.check_result import CheckResult, Level

NAME = "disk"
MEGABYTE = 1024 * 1024
LOW_MEGABYTES = 1024
FULL_MEGABYTES = 128


def check_disk(folder: Path) -> CheckResult:
    """DEGRADED below 1 GB free, DOWN below 128 MB or when the folder is gone."""
    try:
        free = shutil.disk_usage(folder).free // MEGABYTE
    except OSError as error:
        return CheckResult(NAME, Level.DOWN, f"the data folder cannot be looked at: {error.strerror}")
    level = Level.DOWN if free < FULL_MEGABYTES else Level.DEGRADED if free < LOW_MEGABYTES else Level.OK
    return CheckResult(NAME, level, f"{free} MB free")
