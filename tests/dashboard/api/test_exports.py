"""CSV downloads (M19)."""

import csv
import io
from datetime import timedelta

import pytest

from autotrader.lib.canonical import iso_utc
from tests.dashboard.api.problems import assert_problem


def rows_of(response) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_trades_download_as_csv(viewer, scene) -> None:
    scene.trade(pnl="4.15")
    response = viewer.get("/api/v1/exports/trades.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    buy, sell = rows_of(response)
    assert (buy["action"], sell["action"], sell["pnl"], sell["ticker"]) == ("BUY", "SELL", "4.15", "BTCUSDT")


@pytest.mark.parametrize("kind", ["trades", "daily", "decisions"])
def test_an_empty_history_is_a_header(viewer, scene, kind) -> None:
    response = viewer.get(f"/api/v1/exports/{kind}.csv")
    assert len(b"".join(response.streaming_content).decode().splitlines()) == 1


def test_a_period_bounds_the_download(viewer, scene) -> None:
    scene.trade(ago=timedelta(days=5))
    scene.trade()
    start = iso_utc(scene.now - timedelta(days=1))
    assert len(rows_of(viewer.get(f"/api/v1/exports/trades.csv?start={start}"))) == 2
    assert rows_of(viewer.get(f"/api/v1/exports/trades.csv?end={iso_utc(scene.now - timedelta(days=9))}")) == []


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("secrets.csv", 404, "trades.csv"),
        ("trades.csv?start=yesterday", 400, "start"),
        ("trades.csv?start=2026-02-01T00:00:00Z&end=2026-01-01T00:00:00Z", 400, "before it begins"),
        ("trades.csv?from=2026-02-01T00:00:00Z", 400, "from"),
        ("trades.csv?account=nobody", 404, "nobody"),
    ],
)
def test_a_bad_request_is_told_before_anything_is_sent(viewer, scene, path, status, says) -> None:
    assert_problem(viewer.get(f"/api/v1/exports/{path}"), status, says=says)
