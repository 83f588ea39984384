"""Recorded bars in files: gzip CSV, plain CSV and the kline zips of Binance's public data set."""

from trading.adapters.recording.feed import RecordingFeed
from trading.adapters.recording.rows import read_bars
from trading.adapters.recording.source import RecordingSource, parse_source

__all__ = ["RecordingFeed", "RecordingSource", "parse_source", "read_bars"]
