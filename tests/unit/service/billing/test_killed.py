"""The run of a month, killed at each statement that it makes (`kill -9`), and run again until it is done."""

import os
import signal
import sys
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select

from tests.support import billing
from tests.support.billing import House
from tests.support.customers import call, moment, sign_up
from tests.support.thorough import all_or
from vidphone.service.billing.runner import Runner
from vidphone.service.ledger import check
from vidphone.service.store.tables_billing import bill_lines, bills
from vidphone.service.store.tables_ledger import transfers

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="children are made by fork"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]
OVERDUE = date(2026, 9, 17)
STEPS_AT_A_TIME = 2


def prepared(folder: Path) -> None:
    """Five customers with calls, one with money in advance, bills of July, of which three are overdue."""
    made = billing.house(folder)
    people = sign_up(made.engine, 5, date(2026, 7, 1))
    call(made.engine, people, "july", 90, moment(date(2026, 7, 9)))
    made.office.take_cash(people[0].number, 4000, "R1", "staff", moment(date(2026, 7, 9)))
    made.run(date(2026, 8, 1))
    made.office.take_cash(people[1].number, 5000, "R2", "staff", moment(date(2026, 8, 2)))
    call(made.engine, people, "august", 150, moment(date(2026, 8, 9)))
    made.office.end(people[2].number, moment(date(2026, 8, 20)))
    made.engine.dispose()


def outcome(house: House) -> list[object]:
    """All that a run makes."""
    with house.engine.connect() as connection:
        assert check.faults(connection) == []
        moved = select(transfers.c.reference, transfers.c.amount_fen).order_by(transfers.c.reference)
        return [
            [tuple(row) for row in connection.execute(select(bills).order_by(bills.c.number))],
            [tuple(row) for row in connection.execute(select(bill_lines).order_by(*bill_lines.primary_key))],
            [tuple(row) for row in connection.execute(moved)],
            house.office.standings(),
        ]


def die_at(engine: Engine, statement: int) -> None:
    count = 0

    def before(*_: object) -> None:
        nonlocal count
        count += 1
        if count == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "commit", before)


def run_until_killed(folder: Path, statement: int) -> bool:
    """A process of its own runs what is due and dies before its n-th statement; False where it came to its end."""
    child = os.fork()
    if child == 0:
        try:
            house = billing.house(folder)
            die_at(house.engine, statement)
            Runner(house.engine, house.endings, STEPS_AT_A_TIME).run(moment(OVERDUE, 1))
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def test_a_run_killed_at_any_statement_bills_everybody_once(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for folder in (whole, killed):
        prepared(folder)
    unharmed = billing.house(whole)
    Runner(unharmed.engine, unharmed.endings, STEPS_AT_A_TIME).run(moment(OVERDUE, 1))
    kills = 0
    while run_until_killed(killed, 6 + kills):  # each child gets one statement further than the one before
        kills += 1
    assert kills > 20
    survivor = billing.house(killed)
    assert outcome(survivor) == outcome(unharmed)
    for house in (unharmed, survivor):
        house.engine.dispose()


@pytest.mark.timeout(all_or(120, 1200))  # a process for each of some hundred statements
def test_each_statement_in_turn_is_the_last_of_one_process(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    prepared(whole)
    unharmed = billing.house(whole)
    statements = 0

    def counted(*_: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(unharmed.engine, "before_cursor_execute", counted)
    Runner(unharmed.engine, unharmed.endings, STEPS_AT_A_TIME).run(moment(OVERDUE, 1))
    expected = outcome(unharmed)
    unharmed.engine.dispose()
    start = tmp_path / "start"
    prepared(start)
    for statement in range(1, statements + 1, all_or(12, 1)):
        folder = tmp_path / f"at-{statement}"
        copy(start, folder)
        run_until_killed(folder, statement)
        survivor = billing.house(folder)
        Runner(survivor.engine, survivor.endings, STEPS_AT_A_TIME).run(moment(OVERDUE, 1))
        assert outcome(survivor) == expected, statement
        survivor.engine.dispose()


def copy(source: Path, target: Path) -> None:
    for file in source.rglob("*"):
        if file.is_file():
            to = target / file.relative_to(source)
            to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            to.write_bytes(file.read_bytes())
            to.chmod(0o600)
