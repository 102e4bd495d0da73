"""What is asked of cases, devices and evidence, over a service that only answers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from tests.fakes import cases
from vidphone.account.cases_client import CasesClient
from vidphone.papers.evidence import EvidenceProblem
from vidphone.phone import case_commands, case_events, events
from vidphone.phone.case_commands import CaseCommand
from vidphone.phone.cases import CaseWork
from vidphone.phone.events import Request
from vidphone.terms.cases import CaseStep
from vidphone.terms.faults import FaultCode
from vidphone.terms.warranty import Category
from vidphone.wire.cases import AboutClause, CaseDetail
from vidphone.wire.errors import ErrorCode, VidphoneError

ME = ("https://phone.example", "1001", "token")
CASE = cases.DISPUTE.number


class Service:
    """Answers each request with the same case; what it was asked is kept. `fails` names a request that does."""

    def __init__(self, answer: CaseDetail = cases.DISPUTE_FULL) -> None:
        self.answer = answer
        self.asked: list[tuple[str, tuple[Any, ...]]] = []
        self.fails: dict[str, ErrorCode] = {}
        self.bundle = b"no bundle"

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def asked(*arguments: Any) -> Any:
            self.asked.append((name, arguments))
            if name in self.fails:
                raise VidphoneError(self.fails[name])
            return self.bundle if name == "evidence" else self.answer

        return asked

    def calls(self, name: str) -> list[tuple[Any, ...]]:
        return [arguments for asked, arguments in self.asked if asked == name]


class Asker:
    """Cases over that service, and what they tell."""

    def __init__(self, profile: Path) -> None:
        self.service = Service()
        self.told: list[events.Event] = []
        self.work = CaseWork(profile, self.told.append, lambda: ME, lambda *_: cast(CasesClient, self.service))

    async def ask(self, command: CaseCommand) -> list[events.Event]:
        self.told.clear()
        await self.work.perform(command)
        return list(self.told)


@pytest.fixture
def asker(tmp_path: Path) -> Asker:
    return Asker(tmp_path)


async def test_who_looks_at_a_case_has_read_it(asker: Asker) -> None:
    (shown,) = await asker.ask(case_commands.FetchCase(CASE))
    assert isinstance(shown, case_events.CaseShown)
    assert not shown.detail.case.unread
    assert asker.service.calls("seen") == [(CASE,)]
    asker.service.answer = cases.ASKED_FULL
    await asker.ask(case_commands.FetchCase(CASE))
    assert len(asker.service.calls("seen")) == 1, "nothing new came since"


async def test_a_picture_that_cannot_be_read_opens_no_case(asker: Asker, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("words")
    for photo, code in (("gone.jpg", ErrorCode.BAD_FILE), ("notes.txt", ErrorCode.COPY_REFUSED)):
        claim = case_commands.MakeClaim(1, Category.MATERIAL, "dark", (tmp_path / photo,))
        (failed,) = await asker.ask(claim)
        assert isinstance(failed, events.RequestFailed)
        assert (failed.request, failed.code) == (Request.CLAIM, code)
    assert asker.service.asked == []


async def test_pictures_follow_the_words_once_each_when_asked_again(asker: Asker, tmp_path: Path) -> None:
    photos = (cases.picture_file(tmp_path, "a.jpg"), cases.picture_file(tmp_path, "b.jpg"))
    command = case_commands.OpenCase(AboutClause(clause=6), "why", photos=photos)
    told = await asker.ask(command)
    assert [type(event) for event in told] == [case_events.CaseOpened, case_events.CaseShown, case_events.CaseShown]
    await asker.ask(command)
    names = [arguments[1] for arguments in asker.service.calls("send_photo")]
    assert names[:2] == names[2:]
    assert len(set(names)) == 2
    assert len({arguments[0].id for arguments in asker.service.calls("open_case")}) == 1


async def test_a_picture_that_fails_leaves_the_case_open(asker: Asker, tmp_path: Path) -> None:
    asker.service.fails["send_photo"] = ErrorCode.SERVICE_BUSY
    claim = case_commands.MakeClaim(1, Category.SHIPPING, "bent", (cases.picture_file(tmp_path),))
    opened, failed = await asker.ask(claim)
    assert isinstance(opened, case_events.CaseOpened)
    assert opened.id == claim.id
    assert isinstance(failed, events.RequestFailed)
    assert failed.request is Request.CASE_PHOTO


async def test_pictures_alone_need_no_words(asker: Asker, tmp_path: Path) -> None:
    await asker.ask(case_commands.WriteInCase(CASE, "  ", (cases.picture_file(tmp_path),)))
    assert asker.service.calls("say") == []
    assert len(asker.service.calls("send_photo")) == 1


@pytest.mark.parametrize(
    ("words", "code"), [("", FaultCode.MISSING), ("x" * 2001, FaultCode.TOO_LONG)], ids=["nothing", "too much"]
)
async def test_words_that_cannot_be_sent_are_refused_here(asker: Asker, words: str, code: FaultCode) -> None:
    (failed,) = await asker.ask(case_commands.WriteInCase(CASE, words))
    assert isinstance(failed, events.RequestFailed)
    assert (failed.code, failed.faults[0].field, failed.faults[0].code) == (ErrorCode.BAD_DATA, "words", code)
    assert asker.service.asked == []


async def test_what_is_no_case_is_not_asked_for(asker: Asker) -> None:
    (failed,) = await asker.ask(case_commands.TakeCaseStep("../me", CaseStep.SETTLE))
    assert isinstance(failed, events.RequestFailed)
    assert (failed.request, failed.code) == (Request.CASE_STEP, ErrorCode.NOT_FOUND)
    assert asker.service.asked == []


async def test_a_bundle_is_written_and_what_verifying_told_is_said(asker: Asker, tmp_path: Path) -> None:
    path = tmp_path / "evidence.zip"
    (saved,) = await asker.ask(case_commands.SaveEvidence(path))
    assert path.read_bytes() == b"no bundle"
    assert isinstance(saved, case_events.EvidenceSaved)
    assert saved.verdict.problem is EvidenceProblem.NO_BUNDLE
    (failed,) = await asker.ask(case_commands.SaveEvidence(tmp_path / "nowhere" / "evidence.zip"))
    assert isinstance(failed, events.RequestFailed)
    assert failed.code is ErrorCode.BAD_FILE
