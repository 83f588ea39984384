"""Yahoo Finance through yfinance: a second source of bars, for import and where the main one is silent (M27)."""

from trading.adapters.yahoo.feed import YahooFeed

__all__ = ["YahooFeed"]
