"""autotrader: settings, wiring and the small library every floor stands on."""

__version__ = "0.1.0"
