"""One measured figure with its spread, and how the machine is described beside it."""

import importlib.metadata
import os
import platform
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = ("Django", "numpy", "orjson", "TA-Lib", "exchange-calendars")


@dataclass(frozen=True)
class Measured:
    """Median, least and most of `runs` runs, in `unit`."""

    name: str
    unit: str
    median: float
    min: float
    max: float
    runs: int
    note: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    def as_values(self) -> dict[str, Any]:
        return asdict(self)


def measured(name: str, unit: str, values: Sequence[float], note: str = "", **details: Any) -> Measured:
    """The figure of `values`, rounded to what can be meant."""
    figures = (statistics.median(values), min(values), max(values))
    median, least, most = (float(f"{value:.4g}") for value in figures)
    return Measured(name, unit, median, least, most, len(values), note, details)


def machine() -> dict[str, Any]:
    """Processor, cores, memory, versions and commit."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "system": platform.platform(),
        "python": platform.python_version(),
        "libraries": {name: importlib.metadata.version(name) for name in LIBRARIES},
        "commit": _git("rev-parse", "HEAD"),
        "is_clean": _git("status", "--porcelain") == "",
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()
