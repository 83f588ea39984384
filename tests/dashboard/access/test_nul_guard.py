"""A NUL in an address is a clear refusal on every page, on both databases."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/decisions/?symbol=%00", "/audit/?kind=a%00b", "/charts/price/%00/"])
def test_pages_refuse_it(client: Client, path: str) -> None:
    answer = client.get(path if "%00" in path else f"{path}?x=%00")
    assert answer.status_code == 400
    assert answer.content == b"This address cannot be read."


def test_other_addresses_pass(client: Client) -> None:
    assert client.get("/login/?next=/trades/%3Fpage=2").status_code == 200
