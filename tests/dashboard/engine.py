"""An engine over a fake market, for requests that would need a real one."""

from ai.engine import Engine
from autotrader.lib.runtime import system_runtime
from tests.ai.fakes import FakeDecider, FakeMarket
from trading.domain.decision import Action
from trading.execution import TradeExecutor
from trading.models import Account


class NoGateway:
    """Counts how often it was rung."""

    def __init__(self) -> None:
        self.pumps = 0

    def pump(self) -> None:
        self.pumps += 1


def make_engine(account: Account, *, action: Action = Action.BUY, **changes: object) -> Engine:
    """Two instruments at 100 and a decider that wants `action` everywhere; `changes` are of the market's picture."""
    symbols = ("BTCUSDT", "ETHUSDT")
    market = FakeMarket(symbols=symbols, changes={symbol: dict(changes) for symbol in symbols})
    decider = FakeDecider(actions=dict.fromkeys(symbols, action), confidence="0.7")
    runtime = system_runtime()
    return Engine(runtime, account, market, decider, TradeExecutor(runtime, account, NoGateway()))
