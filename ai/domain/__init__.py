"""Opinions as pure code: no Django, no I/O."""
