"""The one place where ids and random numbers are made, so that a replay makes the same ones twice.

Ids are ULIDs (26 characters of Crockford's base 32, 48 bits of milliseconds then 80 random bits, see the
ULID specification): they sort by the moment they were made.
"""

import random
import secrets
import threading
from datetime import datetime
from typing import Protocol

from autotrader.lib.clock import Clock

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_SHIFTS = range(120, -1, -10)
ULID_LENGTH = 26

PROCESS_TOKEN = secrets.token_hex(4)
"""Tells this process from an earlier one with the same number (a restarted container is often number 1 again)."""


class IdSource(Protocol):
    """Makes ids that are unique and rise with time, and hands out seeded random generators."""

    def ulid(self) -> str:
        """A new 26-character id."""
        ...

    def rng(self, purpose: str) -> random.Random:
        """A random generator of its own for `purpose`."""
        ...


class SystemIds:
    """Ids nobody can guess, for paper and live."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def ulid(self) -> str:
        return _encode(_milliseconds(self._clock), secrets.randbits(80))

    def rng(self, purpose: str) -> random.Random:
        return random.Random(secrets.randbits(128))


class SeededIds:
    """The same ids again for the same seed, clock and order of calls: for replay, simulation and tests."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self._clock = clock
        self._seed = seed
        self._random = random.Random(f"ids:{seed}")
        self._lock = threading.Lock()

    def ulid(self) -> str:
        with self._lock:
            return _encode(_milliseconds(self._clock), self._random.getrandbits(80))

    def rng(self, purpose: str) -> random.Random:
        return random.Random(f"{self._seed}:{purpose}")


def ulid_floor(moment: datetime) -> str:
    """The lowest id that could have been made at `moment`: ids at or above it are not older than it."""
    return _encode(int(moment.timestamp() * 1000), 0)


def _milliseconds(clock: Clock) -> int:
    return int(clock.now().timestamp() * 1000)


def _encode(milliseconds: int, entropy: int) -> str:
    value = (milliseconds << 80) | entropy
    return "".join([_PAIRS[value >> shift & 1023] for shift in _SHIFTS])
