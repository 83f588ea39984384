"""The statements of every round use the indexes that were made for them: SQLite reads a partial index's condition only
where the statement names the same states in the same words."""

import pytest
from django.db import connection

from autotrader.lib.statements import Select, SelectRows
from trading.adapters.paper import books
from trading.gateway import pump
from trading.selectors import in_flight, live_orders

pytestmark = pytest.mark.django_db

STATEMENTS = {
    "live orders of an account": (live_orders._OF_ACCOUNT, "order_open"),
    "live orders of an instrument": (live_orders._OF_INSTRUMENT, "order_open"),
    "live orders, in short": (live_orders._FACTS, "order_open"),
    "open orders for the limits": (in_flight._OPEN, "order_open"),
    "intents for the limits": (in_flight._LIVE, "intent_live"),
    "intents to be sent": (pump._TO_SEND, "intent_live"),
    "orders sent lately": (in_flight._SENT, "order_by_sent_at"),
    "open orders at the paper venue": (books._OPEN_ORDERS, "paper_order_open"),
}


@pytest.mark.parametrize(("statement", "index"), STATEMENTS.values(), ids=STATEMENTS.keys())
def test_a_hot_statement_uses_its_index(statement: Select | SelectRows, index: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a few rows without an index, whatever there is")
    sql = statement._statement
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", [1] * sql.count("%s"))
        plan = "\n".join(str(row[3]) for row in cursor.fetchall())
    assert f"INDEX {index}" in plan, plan
