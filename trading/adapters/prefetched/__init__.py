"""Bars that were fetched beforehand."""
