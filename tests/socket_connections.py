"""For tests over Channels' communicator, which turns off the closing of database connections while it waits.

That suits tests in one thread. Our live updates read in threads of their own, whose connections would never go back
to PostgreSQL's pool, so here closing stays on as in the running platform.
"""

import pytest
from channels.testing import application
from django.db import close_old_connections


@pytest.fixture(autouse=True)
def connections_are_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "no_op", close_old_connections)
