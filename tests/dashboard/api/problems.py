"""The shape every error must have."""

PROBLEM_KEYS = {"type", "title", "status", "detail", "code", "errors"}


def assert_problem(response, status: int, code: str | None = None, *, says: str = "") -> dict:
    assert response.status_code == status, response.content[:500]
    assert response["Content-Type"].startswith("application/problem+json")
    body = response.json()
    assert set(body) == PROBLEM_KEYS
    assert body["status"] == status
    assert code is None or body["code"] == code
    assert says.lower() in body["detail"].lower(), body["detail"]
    assert "Traceback" not in response.content.decode()
    return body
