"""Every page: who may see it, what it shows, how much it asks of the database."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ai.models import DecisionRow
from dashboard.pages.fragments import FRAGMENTS
from tests.factories.demo import Demo
from trading.models import AuditLine, PositionRow, Trade
from trading.services.record_event import TOPICS

Browser = Callable[[str], Client]

PAGES = ["/", "/decisions/", "/decisions/?acting=1", "/trades/", "/audit/", "/licences/"]
DATA = [
    "/fragments/?names=status", "/charts/price/BTCUSDT/?range=6h", "/charts/equity/?range=all",
]  # fmt: skip

# Session, user, roles, and the desk: last event, accounts, switches, mode, plans that wait.
DOOR = 8
QUERIES = {
    "status": 0, "approvals": 2, "figures": 5, "positions": 2, "decisions": 1, "orders": 2, "deciders": 1,
}  # fmt: skip
HEALTH_AT_MOST = 8


@pytest.mark.parametrize("path", [*PAGES, *DATA])
def test_strangers_are_sent_to_the_login(demo: Demo, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/?next=")


def test_a_part_of_a_page_tells_the_script_to_log_in(demo: Demo) -> None:
    answer = Client().get("/fragments/?names=status", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/login/"


@pytest.mark.parametrize("path", [*PAGES, *DATA])
@pytest.mark.parametrize("role", ["viewer", "trader", "operator", "admin"])
def test_every_role_may_look(demo: Demo, browser_of: Browser, role: str, path: str) -> None:
    assert browser_of(role).get(path).status_code == 200


@pytest.mark.parametrize("path", [*PAGES, *DATA])
def test_a_person_without_a_role_may_not_look(demo: Demo, browser_of: Browser, path: str) -> None:
    answer = browser_of("nobody").get(path)
    assert answer.status_code == 403
    assert b"Not allowed" in answer.content


@pytest.mark.parametrize("path", PAGES)
def test_the_market_label_the_state_and_the_stop_stand_on_every_page(
    demo: Demo, browser_of: Browser, path: str
) -> None:
    page = browser_of("viewer").get(path).content.decode()
    assert page.count("SIMULATED") >= 2
    assert 'id="loop-state">Running' in page
    assert ">ACTIVE</span>" in page
    assert 'id="emergency-stop"' in page
    assert "asks before each trade" in page


@pytest.mark.parametrize("path", [*PAGES, "/login/"])
def test_no_page_needs_inline_script_or_style(demo: Demo, browser_of: Browser, path: str) -> None:
    client = Client() if path == "/login/" else browser_of("operator")
    answer = client.get(path)
    page = answer.content.decode()
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "style-src 'self'" in answer["Content-Security-Policy"]
    assert " style=" not in page
    assert "<style" not in page
    assert " onclick=" not in page
    assert "hx-on" not in page
    assert all('src="' in tag for tag in page.split("<script")[1:])


def test_the_dashboard_shows_the_break_even_in_plain_words(demo: Demo, browser_of: Browser) -> None:
    page = browser_of("viewer").get("/").content.decode()
    assert "A 5\u00a0% stop with a 3\u00a0% target needs" in page
    assert "62.5\u00a0%</span> winners to break even, before costs" in page


def test_the_dashboard_shows_positions_decisions_orders_and_plans(demo: Demo, browser_of: Browser) -> None:
    page = browser_of("trader").get("/").content.decode()
    for position in PositionRow.objects.select_related("instrument"):
        assert position.instrument.symbol in page
    assert "to stop" in page
    assert "Waiting for your approval" in page
    assert "Awaiting approval" in page
    assert "Built-in rules" in page
    assert page.count("data-part=") == len(FRAGMENTS)


def test_empty_parts_say_what_will_stand_there(demo: Demo, browser_of: Browser) -> None:
    PositionRow.objects.update(opened_at=None)
    DecisionRow.objects.filter(action="HOLD").update(action="HOLD")
    page = browser_of("viewer").get("/fragments/?names=positions").content.decode()
    assert "No open position" in page


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_fragment_asks_the_database_the_same_number_of_times(demo: Demo, browser_of: Browser, name: str) -> None:
    client = browser_of("operator")
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get(f"/fragments/?names={name}", headers={"HX-Request": "true"})
    assert len(captured) == DOOR + QUERIES[name], [query["sql"][:120] for query in captured]


def test_the_whole_dashboard_asks_the_sum_of_its_parts(demo: Demo, browser_of: Browser) -> None:
    client = browser_of("operator")
    with CaptureQueriesContext(connection) as captured:
        client.get("/")
    universe = 1
    assert len(captured) <= DOOR + sum(QUERIES.values()) + HEALTH_AT_MOST + universe


def test_every_topic_of_the_platform_makes_some_part_stale() -> None:
    known = {topic for fragment in FRAGMENTS.values() for topic in fragment.topics}
    assert known == TOPICS


def test_unknown_parts_are_refused_with_what_is_accepted(demo: Demo, browser_of: Browser) -> None:
    answer = browser_of("viewer").get("/fragments/?names=positions,nonsense")
    assert answer.status_code == 400
    assert b"accepted are status, approvals" in answer.content


def test_several_parts_come_in_one_answer_each_with_its_place(demo: Demo, browser_of: Browser) -> None:
    page = browser_of("viewer").get("/fragments/?names=positions,health,positions").content.decode()
    assert page.count('id="part-positions"') == 1
    assert page.count('hx-swap-oob="true"') == 2


def test_the_filter_of_the_decisions_travels_with_the_part(demo: Demo, browser_of: Browser) -> None:
    page = browser_of("viewer").get("/fragments/?names=decisions&acting=1").content.decode()
    assert 'data-params="acting=1"' in page
    assert "act--HOLD" not in page


def test_lists_are_filtered_and_paged(demo: Demo, browser_of: Browser) -> None:
    client = browser_of("viewer")
    page = client.get("/decisions/?symbol=ETHUSDT").content.decode()
    assert page.count('<li class="decision">') == 50
    assert "symbol=ETHUSDT&amp;page=2" in page
    last = client.get("/decisions/?page=99999").content.decode()
    assert "Page" in last
    assert client.get("/decisions/?page=nonsense").status_code == 200


def test_a_decision_is_shown_with_its_four_phases(demo: Demo, browser_of: Browser) -> None:
    page = browser_of("viewer").get(reverse("decision", args=[demo.acting[0].id])).content.decode()
    for name in ("Initial analysis", "Refinement", "Risk validation", "Confidence gate"):
        assert name in page


def test_a_decision_that_is_not_there_is_a_404(demo: Demo, browser_of: Browser) -> None:
    answer = browser_of("viewer").get("/decisions/NOSUCH/")
    assert answer.status_code == 404
    assert b"There is no page at this address" in answer.content


def test_model_text_is_escaped(demo: Demo, browser_of: Browser) -> None:
    evil = "<script>alert(1)</script>"
    DecisionRow.objects.filter(id=demo.acting[0].id).update(reasoning=evil, market={evil: evil}, model=evil)
    page = browser_of("viewer").get(reverse("decision", args=[demo.acting[0].id])).content.decode()
    assert evil not in page
    assert "&lt;script&gt;" in page


def test_trades_are_listed_and_can_be_taken_along_as_csv(demo: Demo, browser_of: Browser) -> None:
    client = browser_of("viewer")
    page = client.get("/trades/").content.decode()
    assert page.count("<tr>") == min(50, Trade.objects.count()) + 1
    link = page.split("download>")[0].rsplit('href="', 1)[1].split('"')[0]
    answer = client.get(link)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/csv")
    assert len(answer.getvalue().splitlines()) == 2 * Trade.objects.count() + 1  # bought and sold


def test_no_link_of_the_dashboard_leads_nowhere(demo: Demo, browser_of: Browser) -> None:
    client = browser_of("operator")
    page = client.get("/").content.decode()
    ours = {link.split("#")[0].replace("&amp;", "&") for link in re.findall(r' (?:href|src)="(/[^"]*)"', page)}
    broken = [link for link in sorted(ours) if not link.startswith("/static/") and client.get(link).status_code != 200]
    assert len(ours) > 10
    assert broken == []


def test_the_audit_chain_can_be_verified_from_the_page(demo: Demo, browser_of: Browser) -> None:
    client = browser_of("viewer")
    AuditLine.objects.filter(seq=2).update(body='{"changed":1}')
    page = client.post("/audit/verify/").content.decode()
    assert "The chain is broken." in page
    assert "line 2" in page


def test_verifying_is_no_get(demo: Demo, browser_of: Browser) -> None:
    assert browser_of("viewer").get("/audit/verify/").status_code == 405


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/charts/price/BTCUSDT/?range=9y", 400, "accepted are 6h, 1d, 1w, 1m"),
        ("/charts/price/NOPE/", 404, "There is no instrument NOPE"),
        ("/charts/equity/?range=9y", 400, "accepted are 1d, 1w, 1m, all"),
    ],
)
def test_charts_say_what_they_accept(demo: Demo, browser_of: Browser, path: str, status: int, words: str) -> None:
    answer = browser_of("viewer").get(path)
    assert answer.status_code == status
    assert words in answer.json()["error"]


def test_pages_are_never_kept_by_a_cache(demo: Demo, browser_of: Browser) -> None:
    assert "no-store" in browser_of("viewer").get("/")["Cache-Control"]


def test_the_login_page_logs_in_and_out(demo: Demo, person: Callable[[str], User]) -> None:
    person("viewer")
    client = Client()
    wrong = client.post("/login/", {"username": "viewer", "password": "wrong"})
    assert b"do not fit together" in wrong.content
    right = client.post("/login/", {"username": "viewer", "password": "a-long-password", "next": "/trades/"})
    assert right["Location"] == "/trades/"
    assert client.get("/trades/").status_code == 200
    assert client.get("/logout/").status_code == 405
    client.post("/logout/")
    assert client.get("/trades/").status_code == 302


def test_the_login_does_not_send_people_elsewhere(demo: Demo, person: Callable[[str], User]) -> None:
    person("viewer")
    answer = Client().post(
        "/login/", {"username": "viewer", "password": "a-long-password", "next": "https://evil.example/"}
    )
    assert answer["Location"] == "/"
