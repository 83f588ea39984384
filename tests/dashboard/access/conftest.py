"""The same people and platform as at the API."""

from tests.dashboard.api.conftest import as_role, fresh_throttles, operator, scene, trader, viewer

__all__ = ["as_role", "fresh_throttles", "operator", "scene", "trader", "viewer"]
