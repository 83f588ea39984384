"""Where tests find recorded market data: the folder `shared` beside the repository. It is never copied in."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared_file(*parts: str) -> Path:
    """A file under `shared/market-data`; the test is skipped, with the reason, where it is not there."""
    path = SHARED.joinpath("market-data", *parts)
    if not path.exists():
        pytest.skip(f"../shared/market-data is not here: {'/'.join(parts)}")
    return path
