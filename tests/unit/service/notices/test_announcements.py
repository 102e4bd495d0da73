from dataclasses import replace

import pytest

from tests.support.customers import PLAN, Person, sign_up
from tests.unit.service.notices.desk import NOW, SIGNED, STAFF, Desk, draft
from vidphone.service.days import provider_day
from vidphone.service.notices.announcements import Audience, BadNotice
from vidphone.service.notices.runner import NoticeRunner
from vidphone.service.store.customers import UnknownNumber
from vidphone.terms.orders import Words
from vidphone.wire.signaling import Topic

HOUR_S, DAY_S = 3600.0, 86_400.0
EVERYONE = {("", Topic.ANNOUNCEMENTS)}


def test_it_is_published_at_its_time_and_once(desk: Desk) -> None:
    known = desk.office.write(draft(publish_at=NOW + HOUR_S), STAFF, NOW)
    desk.runner.run(NOW + HOUR_S - 1)
    assert (desk.seen(desk.people[0]), desk.hints()) == ([], set())

    other = NoticeRunner(desk.engine, desk.office.audit)  # as after a restart
    assert other.step(NOW + HOUR_S)
    assert not other.step(NOW + HOUR_S)
    desk.runner.run(NOW + 2 * HOUR_S)
    assert desk.seen(desk.people[0]) == ["Work tonight"]
    assert desk.hints() == EVERYONE
    (listed,) = desk.office.list()
    assert (listed.id, listed.published_at) == (known, NOW + HOUR_S)
    assert desk.audited() == ["announcement-written", "announcement-published"]


def test_what_was_missed_while_the_service_was_off_is_published_late(desk: Desk) -> None:
    desk.office.write(draft("First", publish_at=NOW + 1), STAFF, NOW)
    desk.office.write(draft("Second", publish_at=NOW + 2), STAFF, NOW)
    desk.runner.run(NOW + DAY_S)
    assert desk.seen(desk.people[0]) == ["Second", "First"]
    later, earlier = desk.mine.announcements(desk.people[0].account, None, 50).announcements
    assert NOW + DAY_S == earlier.published_at < later.published_at


def test_lists_are_paged_by_the_time_of_publication(desk: Desk) -> None:
    for number in range(5):
        desk.office.write(draft(str(number)), STAFF, NOW)
    desk.runner.run(NOW)
    account, seen, before = desk.people[0].account, list[str](), None
    while True:
        page = desk.mine.announcements(account, before, 2)
        seen += [one.title.en for one in page.announcements]
        before = page.announcements[-1].published_at
        if not page.more:
            break
    assert sorted(seen) == ["0", "1", "2", "3", "4"]


def test_it_is_read_once_and_the_provider_knows(desk: Desk) -> None:
    known = desk.office.write(draft(), STAFF, NOW)
    one, other = desk.people[:2]
    assert not desk.mine.read(one.account, known, NOW)  # not published yet
    desk.runner.run(NOW)
    assert desk.mine.announcements(one.account, None, 50).unread == 1
    assert desk.mine.read(one.account, known, NOW + 5)
    assert desk.mine.read(one.account, known, NOW + 9)
    page = desk.mine.announcements(one.account, None, 50)
    assert (page.unread, page.announcements[0].read_at) == (0, NOW + 5)
    assert desk.mine.announcements(other.account, None, 50).unread == 1
    assert desk.office.list()[0].reads == 1


def test_numbers_and_plans_are_concerned_alone(desk: Desk) -> None:
    heavy = replace(PLAN, id="heavy")
    (mover,) = sign_up(desk.engine, 1, SIGNED, heavy, first=3001)
    first = desk.people[0]
    named = desk.office.write(draft("Named", audience=Audience.NUMBERS, numbers=(first.number,)), STAFF, NOW)
    desk.office.write(draft("Heavy", audience=Audience.PLAN, plan="heavy"), STAFF, NOW)
    desk.runner.run(NOW)
    assert desk.hints() == {(first.number, Topic.ANNOUNCEMENTS), (mover.number, Topic.ANNOUNCEMENTS)}
    assert [desk.seen(person) for person in (*desk.people[:2], mover)] == [["Named"], [], ["Heavy"]]
    assert not desk.mine.read(mover.account, named, NOW)


def test_who_comes_later_is_told_only_of_what_is_to_come(desk: Desk) -> None:
    desk.office.write(draft("Past"), STAFF, NOW)
    desk.office.write(draft("Coming", begins_at=NOW + 8 * DAY_S, ends_at=NOW + 9 * DAY_S), STAFF, NOW)
    desk.runner.run(NOW)
    (late,) = sign_up(desk.engine, 1, provider_day(NOW + 2 * DAY_S), first=3001)
    assert desk.seen(late) == ["Coming"]


def test_only_what_waits_is_withdrawn(desk: Desk) -> None:
    known = desk.office.write(draft(publish_at=NOW + HOUR_S), STAFF, NOW)
    with pytest.raises(BadNotice, match="reason"):
        desk.office.withdraw(known, STAFF, " ", NOW)
    desk.office.withdraw(known, STAFF, "moved to next week", NOW)
    desk.runner.run(NOW + DAY_S)
    assert desk.seen(desk.people[0]) == []
    published = desk.office.write(draft(), STAFF, NOW + DAY_S)
    desk.runner.run(NOW + DAY_S)
    for gone in (known, published, "0" * 32):
        with pytest.raises(BadNotice, match="not-waiting"):
            desk.office.withdraw(gone, STAFF, "too late", NOW + DAY_S)
    assert "announcement-withdrawn" in desk.audited()


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"title": Words("今晚", " ")}, "length"),
        ({"body": Words("长" * 4001, "long")}, "length"),
        ({"title": Words("今晚", "a\u202eb")}, "characters"),
        ({"title": Words("今晚", "a\x00b")}, "characters"),
        ({"audience": Audience.PLAN}, "audience"),
        ({"audience": Audience.NUMBERS}, "audience"),
        ({"plan": "light"}, "audience"),
        ({"numbers": ("2001",)}, "audience"),
        ({"audience": Audience.NUMBERS, "numbers": ("2001",) * 10_001}, "numbers"),
        ({"begins_at": NOW + 2, "ends_at": NOW + 2}, "times"),
        ({"ends_at": NOW + 2}, "times"),
        ({"begins_at": NOW - 1}, "not-ahead"),
        ({"publish_at": NOW + 9, "begins_at": NOW + 8}, "not-ahead"),
    ],
)
def test_what_is_not_as_it_should_be_is_refused(desk: Desk, wrong: dict[str, object], reason: str) -> None:
    with pytest.raises(BadNotice, match=reason):
        desk.office.write(draft(**wrong), STAFF, NOW)
    assert (desk.office.list(), desk.audited()) == ((), [])


def test_a_number_that_nobody_has_is_refused(desk: Desk) -> None:
    with pytest.raises(UnknownNumber):
        desk.office.write(draft(audience=Audience.NUMBERS, numbers=("9999",)), STAFF, NOW)
    assert desk.office.list() == ()


def test_everybody_reads_it_in_their_language_as_it_was_written(desk: Desk) -> None:
    desk.office.write(draft(), STAFF, NOW)
    desk.runner.run(NOW)
    (one,) = desk.mine.announcements(_first(desk).account, None, 50).announcements
    assert (one.title, one.body) == (draft().title, draft().body)


def _first(desk: Desk) -> Person:
    return desk.people[0]
