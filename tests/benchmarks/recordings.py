"""Made-up recordings for measuring: seeded random walks as CSV files, as many instruments as one likes."""

import random
from datetime import UTC, datetime
from pathlib import Path

FIRST_OPEN = datetime(2026, 1, 5, tzinfo=UTC)
MINUTE_MS = 60_000


def write_recordings(folder: Path, instruments: int, bars: int) -> list[Path]:
    """One file of `bars` 1-minute bars for each instrument; the same files for the same numbers."""
    return [_write(folder / f"bench_{_symbol(number)}_1m.csv", number, bars) for number in range(instruments)]


def _symbol(number: int) -> str:
    return f"B{number:03d}USDT"


def _write(path: Path, seed: int, bars: int) -> Path:
    rng = random.Random(seed)
    price, opens_ms = 100.0 + seed, int(FIRST_OPEN.timestamp() * 1000)
    with path.open("w", encoding="ascii") as file:
        file.write("open_time,open,high,low,close,volume\n")
        for number in range(bars):
            close = price * (1 + rng.gauss(0, 0.0012))
            high, low = max(price, close) * (1 + rng.random() * 0.0006), min(price, close) * (1 - rng.random() * 0.0006)
            row = f"{price:.2f},{high + 0.005:.2f},{max(low - 0.005, 0.01):.2f},{close:.2f},{rng.uniform(50, 500):.3f}"
            file.write(f"{opens_ms + number * MINUTE_MS},{row}\n")
            price = round(close, 2)
    return path
