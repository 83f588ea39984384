"""The built-in simulated exchange: prices that behave like a market and mean nothing. Labelled SIMULATED."""

from trading.adapters.simulated.feed import SimulatedFeed

__all__ = ["SimulatedFeed"]
