"""`python -m tests.benchmarks --out FILE [--runs N] [--quick]`: all measurements as one JSON file."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import django
import orjson

QUICK_INSTRUMENTS = (1, 4)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures the platform and writes one JSON file.")
    parser.add_argument("--out", type=Path, help="the file to write; standard output when left out")
    parser.add_argument("--runs", type=int, default=3, help="runs of each replay (3)")
    parser.add_argument("--quick", action="store_true", help="replays of 1 and 4 instruments only")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="autotrader-bench-") as folder:
        report = orjson.dumps(measure(Path(folder), options.runs, is_quick=options.quick), option=orjson.OPT_INDENT_2)
    if options.out is None:
        sys.stdout.write(report.decode() + "\n")
    else:
        options.out.write_bytes(report)


def measure(folder: Path, runs: int, *, is_quick: bool) -> dict[str, object]:
    """Everything, as plain values. `folder` is empty and is thrown away afterwards."""
    os.environ.update(VAR_DIR=str(folder), ENV_FILE=os.devnull)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autotrader.settings.development")
    django.setup()
    from tests.benchmarks.in_process import durable_rows, indicator_rows, platform_rows
    from tests.benchmarks.measured import machine
    from tests.benchmarks.whole_platform import CYCLES_BY_INSTRUMENTS, replay_rows

    instruments = QUICK_INSTRUMENTS if is_quick else tuple(CYCLES_BY_INSTRUMENTS)
    rows = [
        *indicator_rows(),
        *platform_rows(folder / "warm"),
        *durable_rows(folder / "warm"),
        *replay_rows(folder, runs, instruments),
    ]
    return {"machine": machine(), "rows": [row.as_values() for row in rows]}


main()
