"""Sockets give their database connections back, as in the running platform."""

from tests.socket_connections import connections_are_given_back

__all__ = ["connections_are_given_back"]
