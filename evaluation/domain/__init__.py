"""Judging in numbers: pure functions over trades and equity points."""
