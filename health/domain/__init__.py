"""Words of health: pure."""
