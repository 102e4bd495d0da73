"""What stands between a caller and a call: plans, standings and the credit limit, from a real database."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from tests.support.billing import CONDITIONS
from tests.support.customers import moment
from tests.support.metered import add_metered, plan
from vidphone.service.billing.settings import BillingSettings
from vidphone.service.billing.standing import refresh
from vidphone.service.billing.values import Conditions
from vidphone.service.hub.directory import OPEN, Dial, Gate
from vidphone.service.ledger.values import Reserve
from vidphone.service.store.customers import StoredCustomers
from vidphone.service.store.engine import open_database, writing
from vidphone.service.store.gates import StoredGates
from vidphone.service.store.tables_agreement import reviews
from vidphone.service.store.tables_billing import bills, judicial_pauses
from vidphone.terms.credit import Block
from vidphone.terms.figures import Figures
from vidphone.terms.standing import Cause
from vidphone.wire.reasons import EndReason
from vidphone.wire.sign_up import ReviewState

PAYER, POOR, PAPER, FREE = "2000", "2001", "1001", "1000"
NOW = 1_790_000_000.0
SINCE = date(2026, 1, 1)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path)
    add_metered(engine, [PAYER], plan(6_000, voice_e4_yuan=3_000), 100, SINCE, NOW)
    add_metered(engine, [POOR], plan(), 0, date(2026, 1, 2), NOW)
    for number in (PAPER, FREE):
        StoredCustomers(engine).add(number, "", "none", NOW, paper="TEST")
    yield engine
    engine.dispose()


def ask(
    engine: Engine, caller: str, callee: str, *, video: bool = True, block: Block = Block.PART, at: float = NOW
) -> tuple[Gate, Reserve | None]:
    dial = Dial(caller, callee, "c" * 32, video)
    conditions = Conditions(Figures(), BillingSettings(blocks=block))
    return StoredGates(engine, (FREE,), conditions).gates([dial], at)[dial]


def owe(engine: Engine, number: str, due_on: date) -> None:
    """A bill that is due on a day, and nothing paid of it."""
    account = of(engine, number)
    days = dict.fromkeys(("from_day", "to_day", "made_on", "late_until"), "2026-07-01") | {"due_on": due_on.isoformat()}
    sums = {"total_fen": 100, "late_fen": 0, "paid_fen": 0, "paid_late_fen": 0, "late_open": True}
    named = {"number": f"202607-{number}", "customer_number": number, "period": "2026-07", "part": 0}
    with writing(engine) as connection:
        connection.execute(insert(bills).values(account_id=account, rehearsal=False, **named, **days, **sums))


def of(engine: Engine, number: str) -> int:
    credentials = StoredCustomers(engine).credentials(number)
    assert credentials is not None
    return credentials.account


def stand(engine: Engine, number: str, cause: Cause) -> None:
    account = of(engine, number)
    if cause is Cause.OVERDUE:
        owe(engine, number, date(2026, 8, 1))
        return
    with writing(engine) as connection:
        if cause is Cause.JUDICIAL:
            connection.execute(
                insert(judicial_pauses).values(account_id=account, reference="7", from_day=SINCE.isoformat())
            )
            refresh(connection, (account,), CONDITIONS, NOW)
        else:
            values = {"state": ReviewState.SUSPENDED, "reason": b"", "since": NOW}
            connection.execute(insert(reviews).values(account_id=account, **values))


@pytest.mark.parametrize(("video", "price"), [(True, 6_000), (False, 3_000)])
def test_a_customer_with_a_plan_pays_its_price(engine: Engine, video: bool, price: int) -> None:
    gate, reserve = ask(engine, PAYER, PAPER, video=video)
    assert (gate.refusal, gate.rate and gate.rate.price_e4_yuan) == (None, price)
    assert reserve is not None
    assert reserve.number == PAPER


@pytest.mark.parametrize(("caller", "callee"), [(PAPER, PAYER), (PAYER, FREE), (FREE, PAYER), ("4711", PAYER)])
def test_without_a_plan_or_with_a_free_number_nothing_is_metered(engine: Engine, caller: str, callee: str) -> None:
    assert ask(engine, caller, callee) == (OPEN, None)


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        (Cause.OVERDUE, EndReason.ACCOUNT_SUSPENDED),
        (Cause.JUDICIAL, EndReason.SERVICE_PAUSED),
        (Cause.DATA, EndReason.IDENTITY_SUSPENDED),
    ],
)
def test_who_is_suspended_neither_calls_nor_is_called_but_for_free_numbers(
    engine: Engine, cause: Cause, reason: EndReason
) -> None:
    for number in (PAYER, PAPER):
        stand(engine, number, cause)
        other = PAPER if number == PAYER else PAYER
        assert ask(engine, number, other)[0].refusal is reason
        assert ask(engine, POOR, number)[0].callee_closed
        assert ask(engine, number, FREE) == ask(engine, FREE, number) == (OPEN, None)
        assert StoredGates(engine, (FREE,), CONDITIONS).paused(number) is (cause is Cause.JUDICIAL)


def test_a_new_day_holds_for_the_first_call_of_it(engine: Engine) -> None:
    owe(engine, PAYER, date(2026, 8, 21))
    midnight = moment(date(2026, 9, 22))
    assert ask(engine, PAYER, PAPER, at=midnight - 1)[0].refusal is None
    assert ask(engine, PAYER, PAPER, at=midnight)[0].refusal is EndReason.ACCOUNT_SUSPENDED
    assert ask(engine, POOR, PAYER, at=midnight)[0].callee_closed
    assert ask(engine, PAYER, FREE, at=midnight) == (OPEN, None)


def test_the_limit_closes_incoming_calls_only_where_it_blocks_the_whole_service(engine: Engine) -> None:
    assert not ask(engine, PAYER, POOR)[0].callee_closed
    assert ask(engine, PAYER, POOR, block=Block.WHOLE)[0].callee_closed
    assert ask(engine, POOR, PAYER, block=Block.WHOLE)[0].refusal is EndReason.CREDIT_LIMIT
    assert ask(engine, POOR, FREE, block=Block.WHOLE) == (OPEN, None)
    assert not ask(engine, POOR, PAYER, block=Block.WHOLE)[0].callee_closed
