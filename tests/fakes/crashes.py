"""Kills the process at a chosen boundary: around any commit or call to the venue, before any statement that writes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.transaction import Atomic

from tests.fakes.venue import Crash, FakeVenue


class CrashPlan:
    """Counts boundaries and dies at number `at` (1 is the first; 0 never). `act` may do something else than die."""

    def __init__(self, at: int = 0, act: Callable[[], None] | None = None) -> None:
        self.at = at
        self.passed = 0
        self._act = act

    @property
    def is_deadly(self) -> bool:
        return self._act is None

    def step(self) -> None:
        self.passed += 1
        if self.passed != self.at:
            return
        if self._act is None:
            raise Crash(f"boundary {self.at}")
        self._act()


@contextmanager
def boundaries(plan: CrashPlan, venue: FakeVenue) -> Iterator[None]:
    """Every boundary inside this block goes through `plan`; what dies before its commit is rolled back."""
    honest_exit, honest_hook = Atomic.__exit__, venue.on_call

    def exit_with_steps(self, exc_type, exc_value, traceback):
        if exc_type is None:
            try:
                plan.step()
            except Crash as crash:
                honest_exit(self, Crash, crash, crash.__traceback__)
                raise
        honest_exit(self, exc_type, exc_value, traceback)
        if exc_type is None:
            plan.step()

    def hook_with_step(moment: str) -> None:
        honest_hook(moment)
        plan.step()

    def write_with_step(execute, sql, params, many, context):
        # Nobody else can act in the middle of our transaction, but a process can die there.
        if plan.is_deadly and sql.startswith(("INSERT", "UPDATE", "DELETE")):
            plan.step()
        return execute(sql, params, many, context)

    Atomic.__exit__ = exit_with_steps
    venue.on_call = hook_with_step
    try:
        with connection.execute_wrapper(write_with_step):
            yield
    finally:
        Atomic.__exit__ = honest_exit
        venue.on_call = honest_hook
