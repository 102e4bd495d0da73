"""What is asked of announcements, numbers, agreements and outages, over a service that only answers; and its lines."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from tests.fakes import notices
from vidphone.account.contacts import Contact
from vidphone.account.notices_client import NoticesClient
from vidphone.account.outages_client import OutagesClient
from vidphone.account.profile import Profile
from vidphone.account.store import ProfileStore
from vidphone.phone import events
from vidphone.phone import notice_commands as asked
from vidphone.phone import notice_events as told
from vidphone.phone.directory import Directory
from vidphone.phone.events import Request, RequestFailed
from vidphone.phone.lines import LineWriter, command_from
from vidphone.phone.notices import NoticeWork
from vidphone.terms.faults import FaultCode
from vidphone.texts import Language
from vidphone.wire.cases import MAX_WORDS
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.notices import Announcements, ChangedVersions, NumbersChanged
from vidphone.wire.outages import MyOutages

ME = ("https://phone.example", "1001", "token")
READ = notices.MAINTENANCE.id


class Service:
    """Answers each request; what it was asked is kept. `fails` is what everything fails with."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Any, ...]]] = []
        self.fails: ErrorCode | None = None
        self.answers: dict[str, Any] = {
            "announcements": Announcements(announcements=notices.ANNOUNCEMENTS, unread=2, more=False),
            "numbers_changed": NumbersChanged(changed=notices.NUMBERS.changed),
            "versions": ChangedVersions(versions=notices.VERSIONS.versions),
            "compared": notices.COMPARED,
            "object": notices.OBJECTED,
            "outages": MyOutages(outages=notices.OUTAGES.outages),
        }

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def asked(*arguments: Any) -> Any:
            self.asked.append((name, arguments))
            if self.fails is not None and name != "close":
                raise VidphoneError(self.fails)
            return self.answers.get(name)

        return asked


class Asker:
    """Notices over that service, and what they tell."""

    def __init__(self, numbers: Sequence[str] = ()) -> None:
        self.service = Service()
        self.told: list[events.Event] = []
        self.work = NoticeWork(
            self.told.append, lambda: ME, lambda: numbers,
            lambda *_: cast(NoticesClient, self.service), lambda *_: cast(OutagesClient, self.service),
        )  # fmt: skip

    async def ask(self, command: asked.NoticeCommand) -> events.Event:
        self.told.clear()
        await self.work.perform(command)
        (event,) = self.told
        return event


@pytest.mark.parametrize(
    ("command", "event"),
    [
        (asked.FetchAnnouncements(), notices.LISTED),
        (asked.ReadAnnouncement(READ), told.AnnouncementRead(READ)),
        (asked.FetchChangedNumbers(), notices.NUMBERS),
        (asked.FetchVersions(), notices.VERSIONS),
        (asked.CompareVersion("2"), notices.COMPARISON),
        (asked.ObjectToVersion("2", "no"), told.VersionObjected(notices.OBJECTED)),
        (asked.FetchOutages(), notices.OUTAGES),
    ],
    ids=lambda each: type(each).__name__,
)
async def test_each_request_has_its_answer_and_its_failure(command: asked.NoticeCommand, event: events.Event) -> None:
    asker = Asker(["1002"])
    assert await asker.ask(command) == event
    asker.service.fails = ErrorCode.SERVICE_BUSY
    failed = await asker.ask(command)
    assert isinstance(failed, RequestFailed)
    assert failed.code is ErrorCode.SERVICE_BUSY
    await asker.work.close()


async def test_only_what_can_be_a_number_is_asked_after_once_and_in_an_order_that_tells_nothing() -> None:
    asker = Asker(["+8613800138000", "1002", "13900139000", "1002", "12", "a"])
    await asker.ask(asked.FetchChangedNumbers())
    assert asker.service.asked == [("numbers_changed", (["1002", "13900139000"],))]


@pytest.mark.parametrize(
    ("command", "code", "fault"),
    [
        (asked.ReadAnnouncement("../me"), ErrorCode.NOT_FOUND, None),
        (asked.CompareVersion("../../x"), ErrorCode.NOT_FOUND, None),
        (asked.ObjectToVersion("2", "  "), ErrorCode.BAD_DATA, FaultCode.MISSING),
        (asked.ObjectToVersion("2", "x" * (MAX_WORDS + 1)), ErrorCode.BAD_DATA, FaultCode.TOO_LONG),
    ],
    ids=["announcement", "version", "no-words", "too-many-words"],
)
async def test_what_cannot_be_asked_is_refused_here(
    command: asked.NoticeCommand, code: ErrorCode, fault: FaultCode | None
) -> None:
    asker = Asker()
    failed = await asker.ask(command)
    assert isinstance(failed, RequestFailed)
    assert (failed.code, [each.code for each in failed.faults]) == (code, [fault] if fault else [])
    assert asker.service.asked == []


async def test_a_new_number_takes_the_place_of_the_old_one_in_every_contact(tmp_path: Path) -> None:
    heard: list[events.Event] = []
    store = ProfileStore(tmp_path)
    profile = Profile.open(tmp_path)
    directory = Directory(profile, store, heard.append)
    await store.open()
    people = (
        Contact("a", "Ann", ("1002", "1003"), favourite=True, note="n"),
        Contact("b", "Ben", ("2902", "1002")),
        Contact("c", "Cleo", ("1004",)),
    )
    await store.save_contacts(people)
    await directory.perform(asked.TakeNumber("1002", "2902"))
    assert heard == [
        events.ContactsChanged(
            (Contact("a", "Ann", ("2902", "1003"), favourite=True, note="n"), Contact("b", "Ben", ("2902",)),
             people[2])
        )
    ]  # fmt: skip
    assert sorted(directory.numbers) == ["1003", "1004", "2902"]
    await store.close()
    profile.close()


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ({"do": "announcements"}, asked.FetchAnnouncements()),
        ({"do": "announcements", "before": 7.5}, asked.FetchAnnouncements(7.5)),
        ({"do": "read-announcement", "id": READ}, asked.ReadAnnouncement(READ)),
        ({"do": "changed-numbers"}, asked.FetchChangedNumbers()),
        ({"do": "take-number", "old": "1002", "new": "2902"}, asked.TakeNumber("1002", "2902")),
        ({"do": "agreement-versions"}, asked.FetchVersions()),
        ({"do": "agreement-version", "version": "2"}, asked.CompareVersion("2")),
        ({"do": "object", "version": "2", "words": " no "}, asked.ObjectToVersion("2", "no")),
        ({"do": "outages"}, asked.FetchOutages()),
    ],
    ids=lambda each: each.get("do") if isinstance(each, dict) else "",
)
def test_a_line_is_a_command(line: dict[str, object], command: object) -> None:
    assert command_from(json.dumps(line), "") == command


@pytest.mark.parametrize(
    "line",
    [
        {"do": "read-announcement", "id": "7"},
        {"do": "take-number", "old": "1002", "new": "two"},
        {"do": "object", "version": "2", "words": "  "},
        {"do": "agreement-version", "version": "../x"},
    ],
    ids=lambda each: each["do"],
)
def test_a_line_that_asks_for_nothing_is_refused(line: dict[str, str]) -> None:
    with pytest.raises(VidphoneError) as refused:
        command_from(json.dumps(line), "")
    assert refused.value.code is ErrorCode.BAD_COMMAND


def test_answers_are_one_line_each() -> None:
    writer = LineWriter(Language.ENGLISH)
    for event, name, field in (
        (notices.LISTED, "announcements", "unread"),
        (told.AnnouncementRead(READ), "announcement-read", "id"),
        (notices.NUMBERS, "changed-numbers", "changed"),
        (notices.VERSIONS, "agreement-versions", "versions"),
        (notices.COMPARISON, "agreement-version", "about"),
        (told.VersionObjected(notices.OBJECTED), "objected", "case"),
        (notices.OUTAGES, "outages", "outages"),
        (RequestFailed(Request.VERSIONS, ErrorCode.NOT_FOUND), "error", "request"),
    ):
        (line,) = writer.lines(event, 0.0)
        assert line["event"] == name
        assert field in line
        json.dumps(line)
