"""Celery's doors to the loop. Late or doubled is harmless: the rows decide whether a slot is still to be run."""

from collections.abc import Callable
from typing import Any, cast

from celery import shared_task
from django.conf import settings

from ai.bootstrap import shared_engine
from ai.services.run_slot import run_slot

# Celery has no types: without this the decorator would make every task untyped.
typed_task = cast("Callable[..., Callable[[Callable[..., Any]], Callable[..., Any]]]", shared_task)


@typed_task(name="ai.tasks.run_cycle_slot", ignore_result=True)
def run_cycle_slot(account_id: int) -> str:
    """Run the present slot of the account's loop; the answer says what became of it."""
    result = run_slot(engine=shared_engine(account_id), interval_seconds=settings.AUTOTRADER.check_interval_seconds)
    return result.state.value
