"""Where tests find the real market data that lies beside the repository; a test skips where it is absent."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared_file(*parts: str) -> Path:
    """A file of `../shared/market-data`. Skips the calling test when it is not there."""
    path = SHARED.joinpath("market-data", *parts)
    if not path.exists():
        pytest.skip(f"../shared/market-data is not here: {'/'.join(parts)}")
    return path
