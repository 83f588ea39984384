"""The address that login limits count, with and without a proxy in front."""

import pytest

from dashboard.access.client_address import forwarded_address


@pytest.mark.parametrize(
    ("header", "proxies", "address"),
    [
        ("1.2.3.4", 0, ""),
        ("1.2.3.4", 1, "1.2.3.4"),
        ("6.6.6.6, 1.2.3.4", 1, "1.2.3.4"),
        ("6.6.6.6, 1.2.3.4, 10.0.0.1", 2, "1.2.3.4"),
        ("1.2.3.4", 2, ""),
        ("", 1, ""),
        (" , ,", 1, ""),
        ("1.2.3.4, <script>", 1, ""),
        ("2001:db8::1", 1, "2001:db8::1"),
    ],
)
def test_only_what_a_trusted_proxy_wrote_counts(header: str, proxies: int, address: str) -> None:
    assert forwarded_address(header, proxies) == address


@pytest.mark.django_db
def test_behind_a_proxy_people_are_counted_and_not_the_proxy(client, settings) -> None:
    settings.TRUSTED_PROXY_COUNT = 1

    def attempt(address: str, number: int) -> int:
        forged = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": f"9.9.9.9, {address}"}
        return client.post("/login/", {"username": f"x{number}", "password": "y"}, **forged).status_code

    assert [attempt("1.1.1.1", number) for number in range(6)] == [200] * 5 + [429]
    assert attempt("2.2.2.2", 7) == 200
