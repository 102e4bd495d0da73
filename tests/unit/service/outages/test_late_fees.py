"""Force majeure that is marked after a bill gives back its late fees on the next one, once (clause 14)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, select

from tests.support import billing
from tests.support.billing import House
from tests.support.customers import Person, moment, sign_up
from vidphone.service.audit.log import AuditLog
from vidphone.service.ledger import check
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.office.outages import OutageOffice
from vidphone.service.office.reasons import Reasons
from vidphone.service.outages.book import Record
from vidphone.service.outages.credits import Credits
from vidphone.service.store.engine import writing
from vidphone.service.store.sealed import open_vault
from vidphone.service.store.tables_billing import late_fees
from vidphone.service.vault.keys import default_key_file
from vidphone.terms.figures import Figures
from vidphone.terms.orders import Words

CUT, STORM = Words("光缆中断", "A cable was cut"), Words("台风", "A typhoon")
JULY, AUGUST, SEPTEMBER, OCTOBER = (date(2026, month, 1) for month in (7, 8, 9, 10))
BEGAN, ENDED = moment(date(2026, 8, 22), 22), moment(date(2026, 8, 23), 2)
LATER = moment(date(2026, 9, 2))
TWO_DAYS = 18


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = billing.house(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def people(house: House) -> list[Person]:
    """The second has no part in the outage."""
    found = sign_up(house.engine, 2, JULY)
    house.run(AUGUST)
    house.run(SEPTEMBER)
    return found


@pytest.fixture
def office(house: House, tmp_path: Path) -> OutageOffice:
    vault = open_vault(house.engine, default_key_file(tmp_path), LATER)
    return OutageOffice(house.engine, AuditLog(house.engine), Reasons(house.engine, vault))


@pytest.fixture
def outage(people: list[Person], office: OutageOffice) -> str:
    return office.record(Record(BEGAN, ENDED, CUT, (people[0].number,)), "li", LATER)


def settle(house: House, at: float = LATER) -> None:
    for _ in range(2):
        Credits(house.engine, Figures(), at_a_time=2).run(at)
    with house.engine.connect() as connection:
        assert check.faults(connection) == []


def unbilled(house: House, person: Person) -> int:
    with house.engine.connect() as connection:
        return Ledger().balance(connection, person.account).unbilled


def late(house: House, number: str) -> list[int]:
    return [fen for kind, fen in house.lines(number) if kind == "late-fee"]


def test_a_mark_after_the_bill_gives_the_late_fee_back_on_the_next_once(
    house: House, people: list[Person], office: OutageOffice, outage: str
) -> None:
    assert late(house, "202608-2001") == [135]
    settle(house)
    assert unbilled(house, people[0]) == 0
    office.mark(outage, STORM, "li", "the weather service says so", LATER)
    settle(house)
    assert [unbilled(house, one) for one in people] == [-TWO_DAYS, 0]
    house.run(OCTOBER)
    assert sorted(late(house, "202609-2001")) == sorted([*late(house, "202609-2002"), -TWO_DAYS])
    house.run(date(2026, 11, 1))
    assert -TWO_DAYS not in late(house, "202610-2001")
    settle(house, moment(date(2026, 11, 2)))
    assert unbilled(house, people[0]) == 0


def test_a_mark_that_is_taken_back_charges_what_it_gave_and_no_more(
    house: House, people: list[Person], office: OutageOffice, outage: str
) -> None:
    office.mark(outage, STORM, "li", "so it was said", LATER)
    settle(house)
    house.run(OCTOBER)
    office.mark(outage, None, "li", "it was not", moment(OCTOBER, 12))
    settle(house, moment(OCTOBER, 12))
    assert unbilled(house, people[0]) == TWO_DAYS
    house.run(date(2026, 11, 1))
    [bill] = [row for row in house.bills() if row.number == "202610-2001"]
    assert bill.late_fen == sum(late(house, "202610-2001"))  # what is charged again bears no late fee either
    assert TWO_DAYS in late(house, "202610-2001")


def test_days_that_were_excused_when_the_bill_was_made_stay_so(house: House, tmp_path: Path) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    house.run(AUGUST)
    vault = open_vault(house.engine, default_key_file(tmp_path), LATER)
    office = OutageOffice(house.engine, AuditLog(house.engine), Reasons(house.engine, vault))
    outage = office.record(Record(BEGAN, ENDED, CUT, (), STORM), "li", moment(date(2026, 8, 25)))
    house.run(SEPTEMBER)
    assert late(house, "202608-2001") == [135 - TWO_DAYS]
    office.mark(outage, None, "li", "it was not", LATER)
    settle(house)
    assert unbilled(house, person) == 0


def test_a_payment_between_counts_as_it_did(house: House, people: list[Person], office: OutageOffice) -> None:
    house.office.take_cash(people[1].number, 1500, "R1", "staff", moment(date(2026, 9, 10), 12))
    house.run(OCTOBER)
    outage = office.record(Record(BEGAN, moment(date(2026, 9, 12)), CUT), "li", moment(date(2026, 10, 2)))
    office.mark(outage, STORM, "li", "so it was", moment(date(2026, 10, 2)))
    settle(house, moment(date(2026, 10, 2)))
    # ten days of August, eleven of September; the last of them with half of it paid
    assert [unbilled(house, one) for one in people] == [-(10 + 11) * 9, -round((10 + 10) * 9 + 4.5)]


def test_after_the_end_it_is_paid_back_and_nothing_is_asked_for(
    house: House, people: list[Person], office: OutageOffice, outage: str
) -> None:
    with writing(house.engine) as connection:
        house.endings.ask(connection, people[0].account, "customer", LATER)
    house.office.take_cash(people[0].number, house.office.balance(people[0].number).unpaid, "R1", "li", LATER)
    house.run(date(2026, 9, 3))
    assert house.office.leavings()[0].state == "ended"
    at = moment(date(2026, 9, 4))
    office.mark(outage, STORM, "li", "so it was", at)
    settle(house, at)
    house.run(date(2026, 9, 4))
    assert house.office.leavings()[0].refund_fen == TWO_DAYS
    office.mark(outage, None, "li", "it was not", at)
    settle(house, at)
    assert unbilled(house, people[0]) == 0


def test_late_fees_of_an_older_database_are_known(house: House, people: list[Person]) -> None:
    with house.engine.connect() as connection:
        columns = (late_fees.c.bill, late_fees.c.after_day, late_fees.c.until_day, late_fees.c.amount_fen)
        before = connection.execute(select(*columns).order_by(late_fees.c.bill)).all()
    migrate(house.engine, "0010")
    migrate(house.engine, "head")
    with house.engine.connect() as connection:
        assert connection.execute(select(*columns).order_by(late_fees.c.bill)).all() == before
    assert [row.amount_fen for row in before] == [135, 135]


def migrate(engine: Engine, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", "vidphone.service:migrations")
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        (command.upgrade if to == "head" else command.downgrade)(config, to)
