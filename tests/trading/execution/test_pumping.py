"""A cycle and its gateway: here, or elsewhere."""

import pytest

from autotrader.lib import events
from trading.gateway.pumping import GatewayElsewhere, GatewayHere
from trading.services.acquire_lease import LeaseHeld


class Steps:
    """A gateway that counts its steps, or whose lease another one holds."""

    def __init__(self, error: Exception | None = None) -> None:
        self.steps, self.stops, self._error = 0, 0, error

    def start(self) -> None:
        self.steps += 1
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        self.stops += 1


@pytest.fixture
def wakes() -> list[str]:
    seen: list[str] = []
    end = events.subscribe(lambda: seen.append("woken"))
    yield seen  # type: ignore[misc]
    end()


def test_a_gateway_here_takes_its_step_at_once() -> None:
    gateway = Steps()
    GatewayHere(gateway).pump()
    assert gateway.steps == 1


def test_while_another_gateway_holds_the_lease_it_is_woken_instead(wakes: list[str]) -> None:
    GatewayHere(Steps(LeaseHeld("somebody else sends"))).pump()
    assert wakes == ["woken"]


def test_any_other_fault_is_not_hidden() -> None:
    with pytest.raises(RuntimeError):
        GatewayHere(Steps(RuntimeError("disk full"))).pump()


def test_a_gateway_elsewhere_is_only_woken(wakes: list[str]) -> None:
    GatewayElsewhere().pump()
    assert wakes == ["woken"]
