"""A promise about the books that was tested on real rows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """`detail` says what was looked at, or, when the promise was broken, exactly where."""

    name: str
    is_kept: bool
    detail: str
