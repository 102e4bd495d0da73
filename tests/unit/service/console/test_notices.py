"""Announcements, changed numbers and new versions of the agreement, from the form to what customers are told."""

import re
import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, update

from tests.support.console import House
from tests.unit.service.console.test_guard import HOSTILE
from vidphone.service.console.pages.customers import AT_A_TIME
from vidphone.service.days import CHINA
from vidphone.service.staff.roles import Role
from vidphone.service.store.engine import writing
from vidphone.service.store.tables_agreement import agreement_versions, agreements, number_pool
from vidphone.service.store.tables_notices import (
    agreement_answers,
    agreement_changes,
    announcements,
    number_changes,
)


def local(hours: float) -> str:
    """So many hours from now, as a browser sends a time."""
    return f"{datetime.now(CHINA) + timedelta(hours=hours):%Y-%m-%dT%H:%M}"


GIVEN = {
    "kind": "maintenance",
    "title-zh": "维护",
    "title-en": HOSTILE[:100],
    "body-zh": "夜间维护。",
    "body-en": f"At night.\r\n{HOSTILE}",
    "audience": "everyone",
    "reason": "the fibre is laid anew",
}


def once() -> dict[str, str]:
    """The key of a form that was opened."""
    return {"once": uuid.uuid4().hex}


@pytest.fixture(scope="module", autouse=True)
def free_numbers(house: House) -> None:
    with writing(house.engine) as connection:
        rows = [{"number": str(number), "state": "free"} for number in (7001, 7002)]
        connection.execute(insert(number_pool), rows)


async def test_an_announcement_is_written_ahead_and_withdrawn_with_a_reason(house: House) -> None:
    browser = house.browser(house.session("writer", Role.SUPPORT))
    await browser.get("/announcements/write")
    ahead = GIVEN | once() | {"publish": local(2), "begins": local(20), "ends": local(22)}
    assert (await browser.post("/announcements/write", **ahead)).status_code == 303
    page = (await browser.get("/announcements")).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    (known,) = re.findall(r"/announcements/([0-9a-f]{32})/withdraw", page)
    assert (await browser.post(f"/announcements/{known}/withdraw", reason="")).status_code == 422
    done = await browser.post(f"/announcements/{known}/withdraw", reason="not tonight")
    assert "done=announcement-withdrawn" in done.headers["location"]
    entry = house.parts.console.audit.latest(None, 1)[0]
    assert (entry.kind, entry.actor) == ("announcement-withdrawn", "writer")
    assert "not tonight" not in str(dict(entry.details))
    again = await browser.post(f"/announcements/{known}/withdraw", reason="again")
    assert (again.status_code, "waits to be published" in again.text) == (422, True)


async def test_a_form_that_is_sent_twice_announces_once_and_says_why_in_the_chain(house: House) -> None:
    browser = house.browser(house.session("twice", Role.SUPPORT))
    page = (await browser.get("/announcements/write")).text
    found = re.search(r'name="once" value="([0-9a-f]{32})"', page)
    assert found is not None
    twice = GIVEN | {"once": found[1], "publish": local(30)}
    for _ in range(2):
        assert (await browser.post("/announcements/write", **twice)).status_code == 303
    assert [one.id for one in house.parts.console.notices.list(limit=1000)].count(found[1]) == 1
    entry = house.parts.console.audit.latest(None, 1)[0]
    assert (entry.kind, entry.subject) == ("announcement-written", f"announcement:{found[1]}")
    assert house.parts.console.reasons.said([entry.details["reason"]]) == {
        entry.details["reason"]: "the fibre is laid anew"
    }


async def test_what_cannot_be_announced_is_told_beside_what_was_typed(house: House) -> None:
    browser = house.browser(house.session("wrong", Role.SUPPORT))
    await browser.get("/announcements/write")
    for wrong in (
        {"title-en": ""},
        {"publish": "soon"},
        {"publish": "2026-12-01T02:00+08:00"},
        {"begins": local(-2)},
        {"ends": local(3)},
        {"audience": "plan", "plan": "none"},
        {"audience": "numbers", "numbers": "12x"},
        {"audience": "numbers", "numbers": "999999"},
        {"audience": "numbers"},
        {"kind": "agreement"},
        {"reason": ""},
        {"once": ""},
    ):
        answer = await browser.post("/announcements/write", **GIVEN | once() | wrong)
        assert (answer.status_code, "夜间维护。" in answer.text) == (422, True), wrong
    longest = GIVEN | once() | {"body-zh": "维" * 4000, "body-en": "护" * 4000}
    assert (await browser.post("/announcements/write", **longest)).status_code == 303
    named = GIVEN | once() | {"audience": "numbers", "numbers": "2001，2002\r\n2003"}
    assert (await browser.post("/announcements/write", **named)).status_code == 303
    assert "numbers" in {one.audience for one in house.parts.console.notices.list()}


async def test_all_that_is_wrong_in_a_form_is_told_at_once_beside_its_field(house: House) -> None:
    browser = house.browser(house.session("several", Role.SUPPORT))
    await browser.get("/announcements/write")
    wrong = {"kind": "shoe", "title-en": "", "publish": "soon", "audience": "plan", "plan": "none", "numbers": "12x"}
    answer = await browser.post("/announcements/write", **GIVEN | once() | wrong)
    told = re.findall(r'id="field-([a-z-]+)-wrong" role="alert">([^<]+)<', answer.text)
    assert answer.status_code == 422
    assert [field for field, _ in told] == ["kind", "title-en", "publish", "plan", "numbers"]
    assert len({why for _, why in told}) == 5
    assert answer.text.count('aria-invalid="true"') == 5
    assert re.findall(r'autofocus id="([a-z-]+)"', answer.text) == ["field-kind"]
    assert all(typed in answer.text for typed in ("夜间维护。", 'value="none"', "12x"))
    plan = await browser.post("/numbers/plan", old="x", new="7002", effective="soon", rest="x", **{"more-en": "only"})
    told = re.findall(r'id="field-([a-z-]+)-wrong"', plan.text)
    assert told == ["old", "effective", "more-zh", "rest"]


async def test_a_number_is_changed_by_plan_and_the_plan_taken_back(house: House) -> None:
    browser = house.browser(house.session("numbers", Role.SUPPORT))
    page = (await browser.get("/numbers/plan?old=2005")).text
    assert 'value="2005"' in page
    given = {"old": "2005", "new": "7001", "effective": local(48)}
    for wrong in ({"new": "2006"}, {"old": "9999"}, {"effective": local(-2)}, {"more-zh": "只有中文"}, {"rest": "x"}):
        assert (await browser.post("/numbers/plan", **given | wrong)).status_code == 422, wrong
    assert (await browser.post("/numbers/plan", **given)).status_code == 303
    page = (await browser.get("/numbers")).text
    assert "/console/numbers/2005/withdraw" in page
    done = await browser.post("/numbers/2005/withdraw", reason="they kept it")
    assert "done=number-forgotten" in done.headers["location"]
    assert (await browser.post("/numbers/2005/withdraw", reason="again")).status_code == 422
    assert "they kept it" in (await browser.get("/customers/2005")).text


async def test_changed_numbers_and_objections_go_on_after_a_page(house: House) -> None:
    accounts_of = [house.parts.console.customers.row(str(2001 + index)).account for index in range(60)]
    at, same = 1_700_000_000.25, 1_600_000_000.0
    written = {"publish_at": same, "published_at": same, "written_at": same, "written_by": "x", "audience": "everyone"}
    words = {"kind": "agreement", "title_zh": "版本", "title_en": "Version", "body_zh": "新", "body_en": "New"}
    announced = {"id": "a" * 32, **words, **written}
    answer = {"version": "paged", "answer": "objected", "sha256": "0" * 64, "on_day": "2020-09-13"}
    with writing(house.engine) as connection:
        connection.execute(insert(announcements).values(announced))
        version = {"version": "paged", "sha256": "0" * 64, "published_on": "2020-09-13"}
        texts = dict.fromkeys(("fingerprint", "zh", "en", "notice_zh", "notice_en"), "-")
        connection.execute(insert(agreement_versions).values({**version, **texts, "kept_at": same}))
        days = {"months": 1, "published_on": "2020-09-13", "until_day": "2020-10-13"}
        settled = {"settled_account": 0, "settled_at": same}
        connection.execute(
            insert(agreement_changes).values({"version": "paged", "announcement_id": "a" * 32, **days, **settled})
        )
        rows = [answer | {"account_id": one, "at": at, "case_number": "C000001"} for one in accounts_of]
        connection.execute(insert(agreement_answers), rows)
        moved = {"announcement_id": "a" * 32, "effective_at": at, "rest_s": 1.0, "done_at": at}
        changes = [
            moved | {"account_id": one, "old_number": f"8{index:03}", "new_number": f"9{index:03}"}
            for index, one in enumerate(accounts_of)
        ]
        connection.execute(insert(number_changes), changes)
    browser = house.browser(house.session("pages", Role.SUPPORT))
    for path, row in (("/numbers", r'<th scope="row">(8\d{3})'), ("/agreements/paged", r'customers/(20\d\d)">20')):
        first = (await browser.get(path)).text
        found = re.search(r'<a class="button" rel="next" href="/console([^"]+)"', first)
        assert found is not None, path
        second = (await browser.get(found[1].replace("&amp;", "&"))).text
        seen = re.findall(row, first), re.findall(row, second)
        assert (len(seen[0]) + len(seen[1]), len({*seen[0], *seen[1]})) == (len(accounts_of),) * 2, path
        assert first.count('<th scope="row">') == AT_A_TIME, path
        assert 'rel="next"' not in second, path
    for wrong in ("before=x&id=1", "before=1&id=x", "before=1"):
        assert (await browser.get(f"/numbers?{wrong}")).status_code == 422, wrong


async def test_a_version_is_announced_to_those_who_have_another(house: House) -> None:
    browser = house.browser(house.session("versions", Role.SUPPORT))
    version = house.parts.offers.agreement()[0].version
    button = 'href="/console/agreements/publish"'
    page = (await browser.get("/agreements")).text
    assert f"Nobody has another version of the agreement than {version}" in page
    assert button not in page
    assert (await browser.post("/agreements/publish", publish=local(1))).status_code == 422
    with writing(house.engine) as connection:
        earlier = house.parts.console.customers.row("2003").account
        connection.execute(update(agreements).where(agreements.c.account_id == earlier).values(version="0"))
    assert button in (await browser.get("/agreements")).text
    done = await browser.post("/agreements/publish", publish=local(1), **{"more-zh": "", "more-en": ""})
    assert done.status_code == 303
    page = (await browser.get("/agreements")).text
    assert f"Version {version} of the agreement was announced before" in page
    assert button not in page
    page = (await browser.get(f"/agreements/{version}")).text
    assert "/withdraw" in page
    answer = await browser.post(f"/agreements/{version}/accept", number="2001", reason="case came out")
    assert answer.status_code == 422
    assert (await browser.post("/agreements/publish", publish=local(1))).status_code == 422
