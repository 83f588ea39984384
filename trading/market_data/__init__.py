"""The parts behind `trading.market`: where bars come from, how far to look back, how they reach the indicators."""
