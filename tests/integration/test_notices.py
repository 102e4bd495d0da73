"""Announcements, changed numbers and agreements at a real service, with real phones (clauses 7 and 15)."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from tests.integration.service_bench import new_id, sign_in
from tests.support.metered import add_metered, plan
from tests.support.phones import HeadlessPhone
from tests.support.provider import PASSWORD, Provider
from vidphone.account.notices_client import NoticesClient
from vidphone.service.audit.log import AuditLog
from vidphone.service.config import read_config
from vidphone.service.days import provider_day
from vidphone.service.notices.announcements import Audience, Draft
from vidphone.service.notices.numbers import Plan
from vidphone.service.offer import Offers
from vidphone.service.office.notices import NoticeOffice
from vidphone.service.office.reasons import Reasons
from vidphone.service.store.engine import open_database
from vidphone.service.store.sealed import open_vault
from vidphone.service.vault.keys import default_key_file
from vidphone.terms.changed_agreement import Answer, last_day_to_object
from vidphone.terms.orders import Words
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.notices import AnnouncementKind, ChangedVersion

pytestmark = pytest.mark.slow
STAFF = "li.na"
TRIES = 300
T = TypeVar("T")


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    made = Provider(tmp_path_factory.mktemp("service") / "data").configure()
    now = time.time()
    engine = open_database(made.data)
    add_metered(engine, ("2001", "2002", "2003"), plan(), 5000, provider_day(now), now, PASSWORD)
    engine.dispose()
    with made:
        yield made


@pytest.fixture
def office(provider: Provider) -> Iterator[NoticeOffice]:
    """Another process's desk over the data of the running service, as `vidphone admin` is one."""
    engine = open_database(provider.data)
    vault = open_vault(engine, default_key_file(provider.data), time.time())
    yield NoticeOffice(engine, AuditLog(engine), Reasons(engine, vault))
    engine.dispose()


def client(provider: Provider, number: str) -> NoticesClient:
    return NoticesClient(provider.url, sign_in(provider.url, number, new_id()).json()["token"])


def announce(office: NoticeOffice, title: str, *numbers: str) -> None:
    audience = Audience.NUMBERS if numbers else Audience.EVERYONE
    words, now = Words("今晚维护。", "Tonight."), time.time()
    draft = Draft(AnnouncementKind.MAINTENANCE, Words("通知", title), words, now, audience, numbers=numbers)
    office.write(draft, STAFF, now)


async def test_phones_hear_of_announcements_and_of_their_own_new_number(
    provider: Provider, office: NoticeOffice, tmp_path: Path
) -> None:
    with HeadlessPhone(provider.url, tmp_path / "a") as there:
        there.sign_in("2001")
        assert "announcements" in there.has_said("noticed")["topics"]  # all of them, after a start
        announce(office, "Work tonight")
        there.wait_for("noticed", topics=["announcements"])
        announce(office, "For another", "2002")
        announce(office, "Again")
        there.wait_for("noticed", topics=["announcements"])
        assert len(there.heard("noticed", topics=["announcements"])) == 2

        with HeadlessPhone(provider.url, tmp_path / "b") as absent:
            absent.sign_in("2002")
            assert "announcements" in absent.has_said("noticed")["topics"]
            now = time.time()
            office.plan_number(Plan("2001", "2901", now, now + 1), STAFF, now)
            assert there.wait_for("signed-in")["number"] == "2901"
            there.link_is_up()
            absent.do("dial", number="2001", video=False)
            assert there.wait_for("incoming")["from"] == "2002"
            absent.do("hang-up")
            there.wait_for("ended")
    assert sign_in(provider.url, "2001", new_id()).json()["number"] == "2901"


async def test_announcements_are_listed_read_and_paged(provider: Provider, office: NoticeOffice) -> None:
    mine, other = client(provider, "2002"), client(provider, "2003")
    known = len((await mine.announcements()).announcements)
    announce(office, "Older", "2002")
    announce(office, "Newer", "2002")
    page = await _until(mine.announcements, lambda page: len(page.announcements) == known + 2)
    newer, older = page.announcements[:2]
    assert {newer.title.en, older.title.en} == {"Older", "Newer"}
    await mine.read(newer.id)
    assert (await mine.announcements()).unread == page.unread - 1
    assert (await mine.announcements(newer.published_at)).announcements[0].id == older.id
    with pytest.raises(VidphoneError) as foreign:
        await other.read(newer.id)
    assert foreign.value.code is ErrorCode.NOT_FOUND
    found = await mine.numbers_changed(["2001", "2003"] * 300)
    assert {(one.old, one.new) for one in found.changed} <= {("2001", "2901")}
    await mine.close()
    await other.close()


async def test_a_new_version_is_objected_to_and_opens_a_case(provider: Provider, office: NoticeOffice) -> None:
    now = time.time()
    published = provider_day(now) - timedelta(1)
    more = f'[agreement]\nversion = "2"\npublished_on = {published}\n[agreement.figures]\nlate_fee_percent = "0.2"\n'
    provider.configure(more=more)
    offers = Offers.load(read_config(provider.data), provider.data, "")
    office.publish_agreement(offers, now, Words("滞纳金降低。", "A lower late fee."), STAFF, now)
    mine = client(provider, "2003")
    one = await _published(mine)
    assert (one.version, one.answer, one.until) == ("2", Answer.PENDING, last_day_to_object(one.published_on))
    assert "0.2" in (await mine.compared("2")).new.zh
    objected = await mine.object("2", "I would rather keep what I signed.")
    assert objected == await mine.object("2", "again")
    assert objected.answer is Answer.OBJECTED
    token = sign_in(provider.url, "2003", new_id()).json()["token"]
    async with httpx.AsyncClient(base_url=provider.url, headers={"Authorization": f"Bearer {token}"}) as asking:
        cases = (await asking.get("/v1/me/cases", timeout=30)).json()["cases"]
    assert [(case["number"], case["kind"]) for case in cases] == [(objected.case, "objection")]
    assert str(objected.case) in provider.admin("agreement", "objections", "--version", "2")
    with pytest.raises(VidphoneError) as unknown:
        await mine.compared("3")
    assert unknown.value.code is ErrorCode.NOT_FOUND
    await mine.close()


async def _published(mine: NoticesClient) -> ChangedVersion:
    return (await _until(mine.versions, lambda found: bool(found.versions))).versions[0]


async def _until(ask: Callable[[], Awaitable[T]], good: Callable[[T], bool]) -> T:
    """Ask until the answer is good: the service looks every second for what is to be published."""
    for _ in range(TRIES):
        if good(answer := await ask()):
            return answer
        await asyncio.sleep(0.1)
    raise AssertionError(answer)
