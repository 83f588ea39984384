"""Indicators twice: over whole arrays (`batch`) and one bar at a time (`bank`). Both give the same numbers."""
