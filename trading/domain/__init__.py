"""The rules of trading as pure code: no Django, no I/O, no clock, no settings."""
