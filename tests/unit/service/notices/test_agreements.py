from datetime import date

import pytest
from sqlalchemy import func, select, update

from tests.support.customers import Person, moment, sign_up
from tests.unit.service.notices.desk import NOW, SECOND, STAFF, Desk
from vidphone.service.notices.announcements import BadNotice
from vidphone.service.notices.runner import NoticeRunner
from vidphone.service.store.engine import writing
from vidphone.service.store.tables_agreement import agreements
from vidphone.service.store.tables_notices import agreement_answers
from vidphone.terms.changed_agreement import Answer
from vidphone.terms.comparison import Change
from vidphone.terms.orders import Words
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.notices import ChangedVersion
from vidphone.wire.signaling import Topic

PUBLISHED, LAST, AFTER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 10, 2)
THIRD = SECOND.replace('"2"', '"3"').replace('"0.2"', '"0.1"')


def publish(desk: Desk, more: str = SECOND, at: float = NOW) -> None:
    desk.office.publish_agreement(desk.offers(more), at, Words("滞纳金降低。", "A lower late fee."), STAFF, at)
    desk.runner.run(at)


def stands(desk: Desk, person: Person, on: date) -> list[tuple[str, str | None, Answer, date | None]]:
    found = desk.mine.versions(person.account, moment(on, 12)).versions
    return [(one.version, one.previous, one.answer, one.since) for one in found]


def object_to(desk: Desk, person: Person, on: date, version: str = "2") -> ChangedVersion:
    return desk.mine.object(person.account, version, "Why?", moment(on, 12))


def recorded(desk: Desk) -> dict[str, int]:
    counted = select(agreement_answers.c.answer, func.count().label("many")).group_by(agreement_answers.c.answer)
    with desk.engine.connect() as connection:
        return {row.answer: row.many for row in connection.execute(counted)}


def test_it_is_announced_and_open_until_the_month_is_over(desk: Desk) -> None:
    publish(desk)
    one = desk.people[0]
    assert desk.hints() == {("", Topic.ANNOUNCEMENTS), ("", Topic.AGREEMENT)}
    (told,) = desk.mine.announcements(one.account, None, 9).announcements
    assert told.agreement_version == "2"
    assert told.body.en.startswith("A lower late fee.")
    (version,) = desk.mine.versions(one.account, NOW).versions
    assert (version.published_on, version.until) == (PUBLISHED, LAST)
    assert stands(desk, one, LAST) == [("2", "1", Answer.PENDING, None)]
    assert stands(desk, one, AFTER) == [("2", "1", Answer.ACCEPTED, AFTER)]


def test_the_time_accepts_it_for_those_who_said_nothing_and_once(desk: Desk) -> None:
    publish(desk)
    objected = object_to(desk, desk.people[1], LAST)
    assert (objected.answer, objected.case) == (Answer.OBJECTED, "C000001")
    desk.runner.run(moment(LAST, 23, 59))
    assert recorded(desk) == {"objected": 1}

    assert desk.runner.step(moment(AFTER))  # some of them, then killed
    NoticeRunner(desk.engine, desk.office.audit, 2).run(moment(AFTER))
    desk.runner.run(moment(AFTER, 12))
    assert recorded(desk) == {"objected": 1, "accepted": 2}
    assert desk.audited().count("agreement-accepted-by-time") == 1
    assert stands(desk, desk.people[0], AFTER) == [("2", "1", Answer.ACCEPTED, AFTER)]
    assert stands(desk, desk.people[1], AFTER) == [("2", "1", Answer.OBJECTED, LAST)]
    (change,) = desk.office.agreements()
    assert (change.objected, change.accepted, change.settled) == (1, 2, True)


def test_objecting_opens_one_case_and_only_in_time(desk: Desk) -> None:
    publish(desk)
    one = desk.people[0]
    assert object_to(desk, one, PUBLISHED) == object_to(desk, one, LAST)
    assert desk.cases == [(one.account, "objection", "agreement:2", "Why?")]
    with pytest.raises(VidphoneError) as late:
        object_to(desk, desk.people[1], AFTER)
    assert late.value.code is ErrorCode.OBJECTION_CLOSED
    assert object_to(desk, one, AFTER).case == "C000001"
    with pytest.raises(VidphoneError) as unknown:
        object_to(desk, one, LAST, "9")
    assert unknown.value.code is ErrorCode.NOT_FOUND
    (objection,) = desk.office.objections("2")
    assert (objection.number, objection.case, objection.day) == (one.number, "C000001", PUBLISHED)


def test_an_objection_whose_case_fails_is_none(desk: Desk) -> None:
    publish(desk)

    def fail(*_: object) -> str:
        raise VidphoneError(ErrorCode.TOO_MANY_CASES)

    mine = type(desk.mine)(desk.engine, fail)
    with pytest.raises(VidphoneError):
        mine.object(desk.people[0].account, "2", "Why?", NOW)
    assert recorded(desk) == {}


def test_the_time_runs_from_the_day_on_which_it_is_published(desk: Desk) -> None:
    late = moment(date(2027, 1, 31), 8)
    desk.office.publish_agreement(desk.offers(SECOND), late, None, STAFF, NOW)
    desk.runner.run(NOW)
    assert stands(desk, desk.people[0], PUBLISHED) == []
    desk.runner.run(moment(date(2027, 1, 31), 8, 30))
    (version,) = desk.mine.versions(desk.people[0].account, late).versions
    assert (version.published_on, version.until) == (date(2027, 1, 31), date(2027, 2, 28))


def test_both_versions_are_shown_with_the_change_marked(desk: Desk) -> None:
    publish(desk)
    found = desk.mine.compared(desk.people[0].account, "2", NOW)
    assert found.old is not None
    assert "0.3" in found.old.en
    assert "0.2" in found.new.en
    for clauses, removed, added in ((found.en, "0.3", "0.2"), (found.zh, "0.3", "0.2")):
        changed = {clause.number: clause.parts for clause in clauses if clause.changed}
        marked = [(part.text, part.change) for parts in changed.values() for part in parts]
        assert set(changed) == {5}
        assert any(removed in said for said, change in marked if change is Change.REMOVED) or removed[-1] in {
            said for said, change in marked if change is Change.REMOVED
        }
        assert any(added[-1] in said for said, change in marked if change is Change.ADDED)


def test_it_concerns_who_has_another_version_and_signed_before(desk: Desk) -> None:
    with writing(desk.engine) as connection:
        mine = agreements.c.account_id == desk.people[1].account
        connection.execute(update(agreements).where(mine).values(version="2"))
        paper = agreements.c.account_id == desk.people[2].account
        connection.execute(update(agreements).where(paper).values(version="", state="on-paper"))
    publish(desk)
    (new,) = sign_up(desk.engine, 1, date(2026, 9, 2), first=3001)
    assert stands(desk, desk.people[1], LAST) == stands(desk, new, LAST) == []
    assert desk.seen(desk.people[1]) == desk.seen(new) == []
    assert stands(desk, desk.people[2], LAST) == [("2", None, Answer.PENDING, None)]
    assert desk.mine.compared(desk.people[2].account, "2", NOW).old is None
    desk.runner.run(moment(AFTER))
    assert recorded(desk) == {"accepted": 2}


def test_the_next_version_is_compared_with_what_holds(desk: Desk) -> None:
    publish(desk)
    object_to(desk, desk.people[0], LAST)
    desk.runner.run(moment(AFTER))
    publish(desk, THIRD, moment(AFTER, 9))
    later = ("3", "2", Answer.PENDING, None)
    assert stands(desk, desk.people[1], AFTER) == [later, ("2", "1", Answer.ACCEPTED, AFTER)]
    assert stands(desk, desk.people[0], AFTER)[0] == ("3", "1", Answer.PENDING, None)


def test_an_objection_is_taken_back_as_its_case_came_out(desk: Desk) -> None:
    publish(desk)
    object_to(desk, desk.people[0], PUBLISHED)
    desk.hints()
    desk.office.accept_agreement("2001", "2", STAFF, "explained in the case", moment(LAST, 9))
    assert stands(desk, desk.people[0], LAST) == [("2", "1", Answer.ACCEPTED, LAST)]
    assert desk.hints() == {("2001", Topic.AGREEMENT)}
    with pytest.raises(BadNotice, match="not-objected"):
        desk.office.accept_agreement("2001", "2", STAFF, "again", moment(LAST, 9))


@pytest.mark.parametrize(
    ("more", "at", "reason"),
    [
        ("", NOW, "nothing-changed"),
        (SECOND, moment(date(2026, 8, 31), 23, 59), "dated-later"),
    ],
)
def test_what_cannot_be_published_is_refused(desk: Desk, more: str, at: float, reason: str) -> None:
    with pytest.raises(BadNotice, match=reason):
        desk.office.publish_agreement(desk.offers(more), at, None, STAFF, at)


def test_a_version_is_announced_once_unless_that_was_withdrawn(desk: Desk) -> None:
    later = moment(date(2026, 9, 5))
    known = desk.office.publish_agreement(desk.offers(SECOND), later, None, STAFF, NOW)
    with pytest.raises(BadNotice, match="announced"):
        desk.office.publish_agreement(desk.offers(SECOND), later, None, STAFF, NOW)
    desk.office.withdraw(known, STAFF, "a figure is wrong", NOW)
    publish(desk)
    assert stands(desk, desk.people[0], LAST) == [("2", "1", Answer.PENDING, None)]
