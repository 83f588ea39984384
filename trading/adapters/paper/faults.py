"""Failures on demand, so that tests and drills can break the paper venue where real ones break."""

from typing import Protocol


class Faults(Protocol):
    """Asked before a call does anything and again after its deed is done for good; may raise what a venue raises."""

    def before(self, call: str) -> None: ...

    def after(self, call: str) -> None: ...


class NoFaults:
    """A venue that never fails."""

    def before(self, call: str) -> None:
        """Nothing happens."""

    def after(self, call: str) -> None:
        """Nothing happens."""
