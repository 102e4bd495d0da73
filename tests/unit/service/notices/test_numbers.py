from datetime import date

import pytest
from sqlalchemy import insert, select, update

from tests.support.customers import call, moment
from tests.unit.service.notices.desk import NOW, STAFF, Desk
from vidphone.service.notices.announcements import BadNotice
from vidphone.service.notices.numbers import LONGEST_WAIT_S, Plan
from vidphone.service.ports import AccountEvent, AccountEventKind
from vidphone.service.store.customers import StoredCustomers, UnknownNumber
from vidphone.service.store.engine import writing
from vidphone.service.store.numbers import NumberPool, NumberState, NumberTaken
from vidphone.service.store.tables import accounts, calls
from vidphone.service.store.tables_billing import leavings
from vidphone.wire.signaling import Topic

DAY_S = 86_400.0
EFFECTIVE = NOW + 7 * DAY_S
DONE = moment(date(2026, 9, 8), 9)


def plan(old: str = "2001", new: str = "2901", effective_at: float = EFFECTIVE) -> Plan:
    return Plan(old, new, NOW, effective_at)


def number_of(desk: Desk, account: int) -> str:
    with desk.engine.connect() as connection:
        return str(connection.scalar(select(accounts.c.number).where(accounts.c.id == account)))


def state_of(desk: Desk, number: str, at: float = DONE) -> NumberState | None:
    return next((one.state for one in NumberPool(desk.engine).list(at) if one.number == number), None)


def test_it_is_announced_first_and_done_at_its_time(desk: Desk) -> None:
    desk.office.plan_number(plan(), STAFF, NOW)
    desk.runner.run(NOW)
    assert desk.hints() == {("2001", Topic.ANNOUNCEMENTS)}
    (told,) = desk.mine.announcements(desk.people[0].account, None, 9).announcements
    assert "2901" in told.title.zh
    assert told.begins_at == EFFECTIVE
    assert (number_of(desk, desk.people[0].account), state_of(desk, "2901")) == ("2001", NumberState.TAKEN)

    desk.runner.run(EFFECTIVE - 1)
    assert number_of(desk, desk.people[0].account) == "2001"
    desk.runner.run(DONE)
    desk.runner.run(DONE + 1)
    assert (number_of(desk, desk.people[0].account), state_of(desk, "2001")) == ("2901", NumberState.RESTING)
    assert desk.hints() == {("", Topic.ANNOUNCEMENTS)}
    events = [event for _, event in StoredCustomers(desk.engine).events_after(0)]
    assert events.count(AccountEvent(AccountEventKind.RENUMBERED, "2001")) == 1
    assert desk.audited().count("number-changed") == 1


def test_the_old_number_leads_to_the_new_one_through_every_change(desk: Desk) -> None:
    customers, account = StoredCustomers(desk.engine), desk.people[0].account
    for old, new, at in (("2001", "2901", NOW), ("2901", "2902", NOW + DAY_S)):
        desk.office.plan_number(Plan(old, new, at, at), STAFF, at)
        desk.runner.run(at)
    found = customers.subscribers({"2001", "2901", "2902", "2002", "4711"})
    assert {asked: one.number for asked, one in found.items()} == {
        **{"2001": "2902", "2901": "2902", "2902": "2902"},
        "2002": "2002",
    }
    credentials = customers.credentials("2001")
    assert credentials is not None
    assert (credentials.number, credentials.account) == ("2902", account)

    asked = desk.mine.numbers_changed(desk.people[1].account, ["2001", "2002", "2901", "4711"])
    assert [(one.old, one.new) for one in asked.changed] == [("2001", "2902"), ("2901", "2902")]
    assert asked.mine == ()
    own = desk.mine.numbers_changed(account, [])
    assert [(one.old, one.new) for one in own.mine] == [("2001", "2902"), ("2901", "2902")]


def test_a_number_that_is_somebodys_again_leads_to_nobody_else(desk: Desk) -> None:
    desk.office.plan_number(Plan("2001", "2901", NOW, NOW, rest_days=31), STAFF, NOW)
    desk.runner.run(NOW)
    customers = StoredCustomers(desk.engine)
    with pytest.raises(NumberTaken):
        customers.add("2001", "Somebody", "hash", NOW + 31 * DAY_S - 1)
    customers.add("2001", "Somebody", "hash", NOW + 31 * DAY_S)
    assert customers.subscribers({"2001"})["2001"].name == "Somebody"
    assert desk.mine.numbers_changed(desk.people[1].account, ["2001"]).changed == ()


def test_a_call_is_not_ended_for_it_unless_it_lasts_for_hours(desk: Desk) -> None:
    desk.office.plan_number(plan(), STAFF, NOW)
    one, other = desk.people[:2]
    with writing(desk.engine) as connection:
        row = {"id": "a" * 32, "caller_id": other.account, "callee_id": one.account, "caller_device": "d" * 32}
        connection.execute(insert(calls).values(**row, video=True, state="accepted", proposed_at=EFFECTIVE))
    desk.runner.run(EFFECTIVE + 60)
    assert number_of(desk, one.account) == "2001"
    desk.runner.run(EFFECTIVE + LONGEST_WAIT_S)
    assert number_of(desk, one.account) == "2901"


def test_it_waits_no_longer_than_the_call(desk: Desk) -> None:
    desk.office.plan_number(plan(), STAFF, NOW)
    call(desk.engine, desk.people[:1], "over", 60, EFFECTIVE - 60)
    desk.runner.run(EFFECTIVE)
    assert number_of(desk, desk.people[0].account) == "2901"


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (plan(old="4711"), UnknownNumber),
        (plan(new="2002"), NumberTaken),
        (plan(effective_at=NOW - 1), BadNotice),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(desk: Desk, wrong: Plan, error: type[Exception]) -> None:
    with pytest.raises(error):
        desk.office.plan_number(wrong, STAFF, NOW)
    assert (desk.office.numbers(), desk.office.list(), state_of(desk, "2901")) == ((), (), None)


def test_a_customer_has_one_change_before_them(desk: Desk) -> None:
    desk.office.plan_number(plan(), STAFF, NOW)
    with pytest.raises(BadNotice, match="planned"):
        desk.office.plan_number(plan(new="2902"), STAFF, NOW)
    with pytest.raises(NumberTaken):
        desk.office.plan_number(plan(old="2002"), STAFF, NOW)


def test_a_planned_change_is_taken_back(desk: Desk) -> None:
    desk.office.plan_number(Plan("2001", "2901", NOW + DAY_S, EFFECTIVE), STAFF, NOW)
    desk.office.forget_number("2001", STAFF, "the customer called", NOW)
    desk.runner.run(EFFECTIVE)
    assert (number_of(desk, desk.people[0].account), desk.seen(desk.people[0])) == ("2001", [])
    assert state_of(desk, "2901") is NumberState.FREE
    with pytest.raises(BadNotice, match="not-planned"):
        desk.office.forget_number("2001", STAFF, "again", NOW)


def leave(desk: Desk, account: int, state: str) -> None:
    with writing(desk.engine) as connection:
        row = {
            "account_id": account,
            "number": "2001",
            "cause": "by-customer",
            "state": state,
            "asked_at": NOW,
            "refund_fen": 0,
        }
        connection.execute(insert(leavings).values(row))


def test_who_leaves_keeps_the_number_until_then(desk: Desk) -> None:
    leave(desk, desk.people[0].account, "settling")
    with pytest.raises(BadNotice, match="leaving"):
        desk.office.plan_number(plan(), STAFF, NOW)


def test_who_left_meanwhile_gets_no_other_number(desk: Desk) -> None:
    desk.office.plan_number(plan(), STAFF, NOW)
    leave(desk, desk.people[0].account, "ended")
    desk.runner.run(EFFECTIVE)
    assert (number_of(desk, desk.people[0].account), state_of(desk, "2901")) == ("2001", NumberState.FREE)
    assert "number-change-dropped" in desk.audited()
    with writing(desk.engine) as connection:
        connection.execute(update(leavings).values(state="ended"))
    assert desk.office.numbers()[0].withdrawn_at == EFFECTIVE
