"""What stands between a caller and a call: plans, standings and the credit limit, from a real database."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.metered import add_metered, plan
from vidphone.service.hub.directory import OPEN, Dial, Gate
from vidphone.service.ledger.values import Reserve
from vidphone.service.store.customers import StoredCustomers
from vidphone.service.store.engine import open_database, writing
from vidphone.service.store.gates import StoredGates
from vidphone.service.store.standings import keep_standings
from vidphone.terms.credit import Block
from vidphone.terms.standing import CLAUSES, Cause, Standing, State
from vidphone.wire.reasons import EndReason

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
    engine: Engine, caller: str, callee: str, *, video: bool = True, block: Block = Block.PART
) -> tuple[Gate, Reserve | None]:
    dial = Dial(caller, callee, "c" * 32, video)
    return StoredGates(engine, (FREE,), block).gates([dial], NOW)[dial]


def stand(engine: Engine, number: str, state: State, cause: Cause) -> None:
    credentials = StoredCustomers(engine).credentials(number)
    assert credentials is not None
    with writing(engine) as connection:
        keep_standings(connection, {credentials.account: Standing(state, cause, CLAUSES[cause], SINCE)}, NOW)


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
    ("state", "cause", "reason"),
    [
        (State.SUSPENDED, Cause.OVERDUE, EndReason.ACCOUNT_SUSPENDED),
        (State.JUDICIAL, Cause.JUDICIAL, EndReason.SERVICE_PAUSED),
        (State.SUSPENDED, Cause.DATA, EndReason.IDENTITY_SUSPENDED),
    ],
)
def test_who_is_suspended_neither_calls_nor_is_called_but_for_free_numbers(
    engine: Engine, state: State, cause: Cause, reason: EndReason
) -> None:
    for number in (PAYER, PAPER):
        stand(engine, number, state, cause)
        other = PAPER if number == PAYER else PAYER
        assert ask(engine, number, other)[0].refusal is reason
        assert ask(engine, POOR, number)[0].callee_closed
        assert ask(engine, number, FREE) == ask(engine, FREE, number) == (OPEN, None)
        assert StoredGates(engine, (FREE,), Block.PART).paused(number) is (state is State.JUDICIAL)


def test_the_limit_closes_incoming_calls_only_where_it_blocks_the_whole_service(engine: Engine) -> None:
    assert not ask(engine, PAYER, POOR)[0].callee_closed
    assert ask(engine, PAYER, POOR, block=Block.WHOLE)[0].callee_closed
    assert ask(engine, POOR, PAYER, block=Block.WHOLE)[0].refusal is EndReason.CREDIT_LIMIT
    assert ask(engine, POOR, FREE, block=Block.WHOLE) == (OPEN, None)
    assert not ask(engine, POOR, PAYER, block=Block.WHOLE)[0].callee_closed
