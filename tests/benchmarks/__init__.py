"""Measurements of the platform: `python -m tests.benchmarks --out FILE` writes one JSON file. No test, no threshold."""
