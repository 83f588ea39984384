"""`python -m tests.soak --rounds N`: N rounds of kill -9 at random moments, then the verdict. Exit 1 on a fault."""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.soak.process import PlatformProcess, free_port

READY_SECONDS = 60.0
SETTLE_SECONDS = 8.0
STOP_SECONDS = 15.0


@dataclass
class Soak:
    """What the rounds did and found."""

    rounds: int = 0
    killed_before_ready: int = 0
    slowest_start_seconds: float = 0.0
    intents: int = 0
    orders: int = 0
    fills: int = 0
    cycles: int = 0
    audit_lines: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="autotrader-soak-") as folder:
        soak = _run(Path(folder), options.rounds, random.Random(options.seed))
    print(json.dumps(asdict(soak), indent=2))
    return 1 if soak.faults or not soak.fills else 0


def _run(folder: Path, rounds: int, dice: random.Random) -> Soak:
    soak = Soak()
    began = time.monotonic()
    _use_database(folder)
    port = free_port()
    for number in range(1, rounds + 1):
        _round(soak, folder, port, dice)
        if soak.faults:
            break
        if number % 10 == 0:
            print(f"round {number}: {soak.fills} fills so far", file=sys.stderr, flush=True)
    if not soak.faults:
        _last_start(soak, folder, port)
    soak.seconds = round(time.monotonic() - began, 1)
    return soak


def _round(soak: Soak, folder: Path, port: int, dice: random.Random) -> None:
    """Start, let it work for a random while (sometimes less than it needs to start), kill, look at the books."""
    began = time.monotonic()
    platform = PlatformProcess(folder, port, dice.randrange(10**6))
    if soak.rounds and dice.random() < 0.15:
        time.sleep(dice.uniform(0.2, 2.5))
        soak.killed_before_ready += not platform.ready.is_set()
    elif platform.ready.wait(READY_SECONDS):
        soak.slowest_start_seconds = max(soak.slowest_start_seconds, round(time.monotonic() - began, 2))
        time.sleep(dice.uniform(0.3, 3.5))
    else:
        soak.faults.append(f"not ready after {READY_SECONDS} s: {platform.lines[-3:]}")
    platform.kill()
    soak.rounds += 1
    _judge(soak, is_settled=False)


def _last_start(soak: Soak, folder: Path, port: int) -> None:
    """Start once more, stop new trades, let it settle, end it as a person would, and ask for everything."""
    platform = PlatformProcess(folder, port, 0)
    if not platform.ready.wait(READY_SECONDS):
        soak.faults.append(f"the last start was not ready: {platform.lines[-3:]}")
    (folder / "HALT").write_text("soak: let everything settle", encoding="utf-8")
    time.sleep(SETTLE_SECONDS)
    code = platform.interrupt(STOP_SECONDS)
    if code != 0:
        soak.faults.append(f"Ctrl-C ended with {code}: {platform.lines[-3:]}")
    _judge(soak, is_settled=True)


def _judge(soak: Soak, *, is_settled: bool) -> None:
    from ai.models import CycleRow
    from tests.soak.verdict import faults_at_once, faults_when_settled
    from trading.models import Account, AuditLine, FillRow, Intent, OrderRow

    account = Account.objects.first()
    if account is None:
        return
    soak.faults += faults_when_settled(account) if is_settled else faults_at_once(account)
    rows = {"intents": Intent, "orders": OrderRow, "fills": FillRow, "cycles": CycleRow, "audit_lines": AuditLine}
    for name, model in rows.items():
        count = model.objects.count()
        if count < getattr(soak, name):
            soak.faults.append(f"{name} went from {getattr(soak, name)} to {count}: rows were lost")
        setattr(soak, name, count)


def _use_database(folder: Path) -> None:
    """This process reads the database that the platform process writes."""
    import django

    os.environ.update(
        DJANGO_SETTINGS_MODULE="autotrader.settings.development",
        ENV_FILE=os.devnull,
        VAR_DIR=str(folder),
        DATABASE_URL="",
        MARKET="simulated",
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
