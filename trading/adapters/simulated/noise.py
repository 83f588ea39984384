"""Numbers that look random and are a pure function of their key, so the simulated market needs no memory.

Philox is a counter-based generator whose raw stream numpy never changes. The key is a hash of the words given, so
neither the order of calls nor Python's hash seed matters. A longer stream begins with the shorter one.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_UNIT = 2.0**-53
_SPARE_BITS = np.uint64(11)
_KEY_BYTES = 16


def uniforms(count: int, *key: object) -> Floats:
    """`count` numbers in (0, 1), the same for the same key."""
    digest = hashlib.sha256("\x1f".join(map(str, key)).encode()).digest()
    generator = np.random.Philox(key=int.from_bytes(digest[:_KEY_BYTES], "little"))
    raw = np.asarray(generator.random_raw(count), dtype=np.uint64)
    return ((raw >> _SPARE_BITS).astype(np.float64) + 0.5) * _UNIT


def normals(count: int, *key: object) -> Floats:
    """`count` standard normal numbers, the same for the same key (Box and Muller 1958, one of each pair)."""
    pairs = uniforms(2 * count, *key).reshape(count, 2)
    return np.sqrt(-2.0 * np.log(pairs[:, 0])) * np.cos(2.0 * np.pi * pairs[:, 1])
