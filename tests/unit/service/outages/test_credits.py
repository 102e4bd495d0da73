"""Interruptions earn the service fee of their time on the next bill, by themselves and once (clauses 13 and 14)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.support import billing
from tests.support.billing import House
from tests.support.customers import Person, moment, sign_up
from vidphone.service.audit.log import AuditLog
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ledger.values import Balance
from vidphone.service.office.outages import OutageOffice
from vidphone.service.office.reasons import Reasons
from vidphone.service.outages.book import BadOutage, Record
from vidphone.service.outages.credits import Credits
from vidphone.service.outages.life import BEAT_S, DOWN_S, Life
from vidphone.service.outages.mine import OutagesOfMine
from vidphone.service.store.sealed import open_vault
from vidphone.service.vault.keys import default_key_file
from vidphone.terms.figures import Figures
from vidphone.terms.orders import Words

CUT, STORM = Words("光缆中断", "A cable was cut"), Words("台风", "A typhoon")
JULY = date(2026, 7, 1)
NOON = moment(date(2026, 7, 10), 12)
DAY_S = 86_400.0
NOW = moment(date(2026, 7, 20))
DAY_FEN = 97  # 3000 fen of a month of 31 days


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = billing.house(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def people(house: House) -> list[Person]:
    return sign_up(house.engine, 3, JULY)


@pytest.fixture
def office(house: House, tmp_path: Path) -> OutageOffice:
    vault = open_vault(house.engine, default_key_file(tmp_path), NOW)
    return OutageOffice(house.engine, AuditLog(house.engine), Reasons(house.engine, vault))


def settle(house: House, at: float = NOW) -> None:
    Credits(house.engine, Figures(), at_a_time=2).run(at)


def credited(house: House, person: Person) -> int:
    return sum(one.credited_fen for one in OutagesOfMine(house.engine).list(person.account).outages)


def balance(house: House, person: Person) -> Balance:
    with house.engine.connect() as connection:
        return Ledger().balance(connection, person.account)


@pytest.mark.parametrize(("seconds", "fen"), [(DAY_S - 0.001, 0), (DAY_S, DAY_FEN), (2 * DAY_S, 194)])
def test_a_whole_day_without_service_earns_its_fee(
    house: House, people: list[Person], office: OutageOffice, seconds: float, fen: int
) -> None:
    office.record(Record(NOON, NOON + seconds, CUT), "li", NOW)
    settle(house)
    assert [credited(house, one) for one in people] == [fen] * 3


def test_the_credit_is_a_line_of_the_next_bill_once(house: House, people: list[Person], office: OutageOffice) -> None:
    office.record(Record(NOON, NOON + DAY_S, CUT), "li", NOW)
    for _ in range(3):
        settle(house)
    house.run(date(2026, 8, 1))
    lines = house.lines(house.bills()[0].number)
    assert [fen for kind, fen in lines if kind == "outage"] == [-DAY_FEN]
    settle(house, moment(date(2026, 8, 2)))
    house.run(date(2026, 9, 1))
    assert [fen for kind, fen in house.lines(house.bills()[-1].number) if kind == "outage"] == []


def test_outages_that_touch_are_one_and_earn_once(house: House, people: list[Person], office: OutageOffice) -> None:
    half = DAY_S / 2
    office.record(Record(NOON, NOON + half, CUT), "li", NOW)
    settle(house)
    assert credited(house, people[0]) == 0
    office.record(Record(NOON + half, NOON + DAY_S, CUT, (people[0].number,)), "li", NOW)
    settle(house)
    office.record(Record(NOON + DAY_S, NOON + 2 * DAY_S, CUT, (people[0].number,)), "li", NOW)
    settle(house)
    assert [credited(house, one) for one in people] == [194, 0, 0]


def test_one_that_goes_on_earns_nothing_until_it_is_over(
    house: House, people: list[Person], office: OutageOffice
) -> None:
    outage = office.record(Record(NOON, None, CUT), "li", NOON)
    settle(house)
    assert credited(house, people[0]) == 0
    office.end(outage, NOON + DAY_S, "li", "repaired", NOW)
    settle(house)
    assert credited(house, people[0]) == DAY_FEN


def test_downtime_that_ends_as_it_is_settled_is_credited(house: House, people: list[Person]) -> None:
    life = Life(house.engine, AuditLog(house.engine))
    life.beat(NOON)
    for at in (NOON + 3 * DAY_S + 0.1, NOON + 6 * DAY_S + 0.7):
        life.begin(at)
        settle(house, at)
    assert [credited(house, one) for one in people] == [581] * 3


def test_an_interruption_that_is_divided_keeps_what_its_parts_earn(
    house: House, people: list[Person], office: OutageOffice
) -> None:
    whole = office.record(Record(NOON, NOON + 6 * DAY_S, CUT), "li", NOW)
    settle(house)
    office.withdraw(whole, "li", "it was two", NOW)
    for began in (NOON, NOON + 4 * DAY_S):
        office.record(Record(began, began + 2 * DAY_S, CUT), "li", NOW)
    for _ in range(2):
        settle(house)
        with house.engine.connect() as connection:
            assert Ledger().balance(connection, people[0].account).unbilled == -2 * 194


def test_force_majeure_earns_nothing_and_a_mark_set_later_takes_it_back(
    house: House, people: list[Person], office: OutageOffice
) -> None:
    outage = office.record(Record(NOON, NOON + DAY_S, CUT), "li", NOW)
    settle(house)
    office.mark(outage, STORM, "li", "the weather service says so", NOW)
    settle(house)
    assert credited(house, people[0]) == 0
    office.mark(outage, None, "li", "it did not", NOW)
    settle(house)
    assert credited(house, people[0]) == DAY_FEN
    office.withdraw(outage, "li", "a mistake", NOW)
    settle(house)
    house.run(date(2026, 8, 1))
    assert sum(fen for kind, fen in house.lines(house.bills()[0].number) if kind == "outage") == 0


def test_a_credit_on_a_bill_is_taken_back_on_the_next_where_it_was_force_majeure(
    house: House, people: list[Person], office: OutageOffice
) -> None:
    outage = office.record(Record(NOON, NOON + DAY_S, CUT), "li", NOW)
    settle(house)
    house.run(date(2026, 8, 1))
    later = moment(date(2026, 8, 5))
    office.mark(outage, STORM, "li", "the weather service says so", later)
    for _ in range(2):
        settle(house, later)
    house.run(date(2026, 9, 1))
    found = [fen for bill in house.bills() for kind, fen in house.lines(bill.number) if kind == "outage"]
    assert sorted(found) == [-DAY_FEN] * 3 + [DAY_FEN] * 3


def test_after_the_end_a_credit_stays_and_one_that_is_still_owed_comes(
    house: House, people: list[Person], office: OutageOffice
) -> None:
    outage = office.record(Record(NOON, NOON + DAY_S, CUT), "li", NOW)
    settle(house)
    house.office.end(people[0].number, NOW)
    house.office.take_cash(people[0].number, house.office.balance(people[0].number).unpaid, "R1", "li", NOW)
    house.run(date(2026, 7, 21))
    later = moment(date(2026, 7, 22))
    office.mark(outage, STORM, "li", "the weather service says so", later)
    settle(house, later)
    assert [credited(house, one) for one in people] == [DAY_FEN, 0, 0]
    office.record(Record(NOON - 2 * DAY_S, NOON - DAY_S, CUT), "li", later)
    settle(house, later)
    assert [balance(house, one).unbilled for one in people] == [0, -DAY_FEN, -DAY_FEN]
    office.mark(outage, None, "li", "it was not", later)
    settle(house, later)
    assert [balance(house, one).unbilled for one in people] == [-DAY_FEN, -2 * DAY_FEN, -2 * DAY_FEN]


def test_who_came_later_or_left_before_gets_nothing(house: House, people: list[Person], office: OutageOffice) -> None:
    late = sign_up(house.engine, 1, date(2026, 7, 15), first=3001)[0]
    house.office.end(people[0].number, moment(date(2026, 7, 5)))
    office.record(Record(NOON, NOON + DAY_S, CUT), "li", NOW)
    settle(house)
    assert [credited(house, one) for one in (people[0], people[1], late)] == [0, DAY_FEN, 0]


def test_no_late_fee_runs_on_days_of_force_majeure(house: House, people: list[Person], office: OutageOffice) -> None:
    house.run(date(2026, 8, 1))
    until, at = date(2026, 9, 1), moment(date(2026, 8, 25))
    began = moment(date(2026, 8, 22))
    office.record(Record(began, began + 2 * DAY_S, CUT, (people[0].number,), STORM), "li", at)
    house.run(until)
    late = {row.customer_number: row.late_fen for row in house.bills() if row.period == "2026-08"}
    assert late[people[1].number] - late[people[0].number] == round(2 * 3000 * 0.003)


@pytest.mark.parametrize(
    ("began", "ended", "words", "reason"),
    [
        (NOW + 1, None, CUT, "to-come"),
        (NOON, NOW + 1, CUT, "to-come"),
        (NOON, NOON, CUT, "times"),
        (NOON, None, Words("", "x"), "words"),
    ],
)
def test_what_cannot_be_is_refused(
    house: House, office: OutageOffice, began: float, ended: float | None, words: Words, reason: str
) -> None:
    with pytest.raises(BadOutage) as refused:
        office.record(Record(began, ended, words), "li", NOW)
    assert refused.value.reason == reason
    assert office.list() == ()


def test_the_service_records_its_own_downtime_once(house: House) -> None:
    life = Life(house.engine, AuditLog(house.engine))
    assert life.begin(NOON) is None
    life.beat(NOON + BEAT_S)
    assert life.begin(NOON + BEAT_S + DOWN_S - 1) is None
    down = life.begin(NOON + BEAT_S + DOWN_S - 1 + DAY_S)
    assert down is not None
    assert life.begin(NOON + BEAT_S + DOWN_S + DAY_S) is None
    (known,) = OutageOffice(house.engine, AuditLog(house.engine), None).list()  # type: ignore[arg-type]
    assert known.record.ended_at is not None
    assert (known.id, known.record.ended_at - known.record.began_at) == (down, DAY_S)
