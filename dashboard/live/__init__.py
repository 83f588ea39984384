"""Live updates: tells open pages which of their parts are stale. Carries news, never orders."""
