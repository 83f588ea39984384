"""/healthz and /readyz: open to everybody, and telling nobody anything."""

import pytest
from django.db import DatabaseError, connection


def test_liveness_touches_no_database(client, django_assert_num_queries, db) -> None:
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-cache" in response["Cache-Control"]


def test_readiness_asks_the_database(client, db) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_readiness_is_503_and_says_no_more_when_the_database_is_gone(client, db, monkeypatch) -> None:
    def broken() -> None:
        raise DatabaseError("host db.internal refused")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", broken)
        response = client.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"status": "down"})


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_nothing_can_be_sent_there(client, db, path, method) -> None:
    assert getattr(client, method)(path).status_code == 405
