"""All rules in the order in which a refusal is named: the switch first, then what is tradable, prices, sizes, rates.

| rule | entries | exits | why on exits so |
|---|---|---|---|
| trading_state | ACTIVE | ACTIVE, REDUCING | a halt means nothing new at all |
| side, held_quantity | yes | yes | an exit must never become a short |
| confidence | yes | when an opinion asks | stop and target stay at the venue |
| protection, cash, P1, P2, P4, P6, P8 | yes | no | size, cost and loss limits never trap a position |
| P3, P5, P7, P9, P10 | yes | in part | see each file |
| P11 | at sending | at sending | what is sent is what was approved |
"""

from trading.domain.risk import (
    cash,
    confidence,
    held,
    kill_switch,
    p01_order_notional,
    p02_exposure,
    p03_price_collar,
    p04_liquidity,
    p05_order_rate,
    p06_rejects,
    p07_duplicates,
    p08_one_entry,
    p09_self_trade,
    p10_tradable,
    p11_approval,
    protected,
    side,
)
from trading.domain.risk.base import Rule

ALL_RULES: tuple[Rule, ...] = (
    kill_switch.RULE,
    p11_approval.RULE,
    side.RULE,
    p10_tradable.RULE,
    confidence.RULE,
    p03_price_collar.RULE,
    protected.RULE,
    p06_rejects.RULE,
    p07_duplicates.RULE,
    p08_one_entry.RULE,
    p09_self_trade.RULE,
    held.RULE,
    p01_order_notional.RULE,
    p02_exposure.RULE,
    p04_liquidity.RULE,
    cash.RULE,
    p05_order_rate.RULE,
)
