"""Each promise about the books is kept by sound rows and broken by one tampered number: no check that cannot fail."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from evaluation.bootstrap import build_replay_cast, open_recordings
from evaluation.domain.replay_spec import ReplaySpec
from evaluation.selectors.invariants import check_all
from evaluation.services.run_replay import run_replay
from tests.evaluation.replaying import MADE_UP_DAY_TWO, made_up, moment
from trading.domain.order import OrderState, Purpose
from trading.models import (
    Account,
    AuditLine,
    Balance,
    FillRow,
    LedgerEntry,
    OrderRow,
    PaperBalance,
    PositionRow,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account(tmp_path: Path) -> Account:
    """An account with fills and at least one open, protected position."""
    files = tuple(str(path) for path in made_up(tmp_path / "bars", instruments=2, hours=27))
    recordings = open_recordings(ReplaySpec(files=files, start=MADE_UP_DAY_TWO, end=moment("2026-01-06T02:00")))
    cast = build_replay_cast(ReplaySpec(files=files), recordings, "books")
    run = run_replay(cast=cast, slots=recordings.slots)
    assert run.is_sound
    assert PositionRow.objects.filter(account=cast.account, opened_at__isnull=False).exists()
    return cast.account


def more(model: type, field: str, **where: object) -> None:
    row = model.objects.filter(**where).order_by("pk").last()  # type: ignore[attr-defined]
    setattr(row, field, getattr(row, field) + Decimal("0.000001"))
    row.save(update_fields=[field])


def drop_the_stops() -> None:
    OrderRow.objects.filter(purpose=Purpose.STOP_LOSS).update(state=OrderState.CANCELED)


def flip_a_byte() -> None:
    line = AuditLine.objects.order_by("seq").last()
    assert line is not None
    AuditLine.objects.filter(seq=line.seq).update(body=line.body.replace(":", ";", 1))


@pytest.mark.parametrize(
    ("tamper", "broken"),
    [
        (lambda: more(LedgerEntry, "amount", book="market"), {"The ledger sums to zero"}),
        (
            lambda: more(LedgerEntry, "amount", book="wallet"),
            {"The ledger sums to zero", "Balances are the ledger's sums"},
        ),
        (
            lambda: more(Balance, "total", asset="USDT"),
            {"Balances are the ledger's sums", "Balances are the venue's", "Cash adds up"},
        ),
        (lambda: more(PaperBalance, "total"), {"Balances are the venue's"}),
        (lambda: more(PositionRow, "quantity"), {"Fills make the positions"}),
        (lambda: more(PositionRow, "cost"), {"Cash adds up"}),
        (lambda: more(FillRow, "quantity"), {"Fills make the positions", "Fills make the orders"}),
        (drop_the_stops, {"Every open position is protected"}),
        (flip_a_byte, {"The audit trail verifies"}),
    ],
)
def test_one_wrong_number_is_found_and_named(account: Account, tamper: Callable[[], None], broken: set[str]) -> None:
    tamper()
    found = {check.name: check.detail for check in check_all(account) if not check.is_kept}
    assert set(found) == broken
    assert all(found.values())
