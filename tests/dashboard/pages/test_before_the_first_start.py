"""What a page says before the platform has opened its account."""

from collections.abc import Callable

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/trades/", "/fragments/?names=status"])
def test_the_page_says_how_to_start(browser_of: Callable[[str], Client], path: str) -> None:
    answer = browser_of("viewer").get(path)
    assert answer.status_code == 503
    assert b"No account yet" in answer.content
    assert b"make run" in answer.content


def test_the_login_page_needs_no_account() -> None:
    assert Client().get("/login/").status_code == 200
