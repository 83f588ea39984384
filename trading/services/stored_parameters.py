"""Strategy parameters in the form a `ParameterSet` row keeps: whole numbers as numbers, decimals as plain text."""

from decimal import Decimal
from typing import Any

from autotrader.lib.money import plain
from trading.domain.parameters import StrategyParameters


def stored_parameters(parameters: StrategyParameters) -> dict[str, Any]:
    """The values as JSON keeps them exactly; `StrategyParameters.from_dict` reads them back."""
    return {name: plain(value) if isinstance(value, Decimal) else value for name, value in parameters.as_dict().items()}
