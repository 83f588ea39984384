"""Binance. Here: public market data, which needs no key."""

from trading.adapters.binance.public_feed import BinancePublicFeed
from trading.adapters.binance.reachability import is_reachable

__all__ = ["BinancePublicFeed", "is_reachable"]
