"""Strategies: pure opinions about one instrument, formed from one frozen picture of it."""
