from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from vidphone.service.store.customers import StoredCustomers
from vidphone.service.store.engine import open_database, writing
from vidphone.service.store.numbers import (
    NumberPool,
    NumberState,
    NumberTaken,
    hold_number,
    keep_number,
    release_number,
)

SIGN_UP, OTHER = "a" * 32, "b" * 32


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path / "data")
    NumberPool(engine).add(["2000", "2001", "30001"])
    yield engine
    engine.dispose()


def state(engine: Engine, number: str, at: float) -> NumberState:
    return next(one.state for one in NumberPool(engine).list(at) if one.number == number)


def hold(engine: Engine, number: str, sign_up: str, until: float, at: float) -> None:
    with writing(engine) as connection:
        hold_number(connection, number, sign_up, until, at)


def test_numbers_are_found_by_their_digits_shortest_first(engine: Engine) -> None:
    pool = NumberPool(engine)
    assert pool.free("", at=0) == ("2000", "2001", "30001")
    assert pool.free("001", at=0) == ("2001", "30001")
    assert pool.free("%", at=0) == ()


def test_held_number_is_free_again_at_its_time_and_not_before(engine: Engine) -> None:
    hold(engine, "2000", SIGN_UP, until=100, at=0)
    with pytest.raises(NumberTaken):
        hold(engine, "2000", OTHER, until=100, at=99.9)
    assert NumberPool(engine).free("2000", at=99.9) == ()
    assert state(engine, "2000", 100) is NumberState.FREE
    hold(engine, "2000", OTHER, until=200, at=100)


def test_who_lost_the_hold_can_neither_keep_nor_release(engine: Engine) -> None:
    hold(engine, "2000", SIGN_UP, until=100, at=0)
    hold(engine, "2000", OTHER, until=200, at=100)
    with writing(engine) as connection:
        release_number(connection, "2000", SIGN_UP)
        with pytest.raises(NumberTaken):
            keep_number(connection, "2000", SIGN_UP)
        keep_number(connection, "2000", OTHER)
    assert state(engine, "2000", 1000) is NumberState.TAKEN


@pytest.mark.parametrize("number", ["9999", "1001"])
def test_number_that_is_not_offered_cannot_be_held(engine: Engine, number: str) -> None:
    StoredCustomers(engine).add("1001", "A", "hash", at=0)
    with pytest.raises(NumberTaken):
        hold(engine, number, SIGN_UP, until=100, at=0)


def test_customer_whom_the_provider_adds_takes_the_number_out_of_the_pool(engine: Engine) -> None:
    customers = StoredCustomers(engine)
    hold(engine, "2001", SIGN_UP, until=100, at=0)
    with pytest.raises(NumberTaken):
        customers.add("2001", "A", "hash", at=50)
    customers.add("2000", "A", "hash", at=50)
    assert NumberPool(engine).free("2", at=50) == ()
    assert NumberPool(engine).add(["2000", "2002"]) == 1


def test_resting_number_is_offered_again_after_its_time(engine: Engine) -> None:
    pool = NumberPool(engine)
    pool.rest("2000", until=100, at=0)
    assert (state(engine, "2000", 99), state(engine, "2000", 100)) == (NumberState.RESTING, NumberState.FREE)
    with pytest.raises(NumberTaken):
        pool.rest("2000", until=200, at=50)
