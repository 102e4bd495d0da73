"""A phone that dies at any moment of signing goes on from there, and there is one agreement, at a real service."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Self

import pytest

from tests.support.keyrings import MemoryKeyring
from tests.support.provider import PASSWORD, Provider
from tests.support.sign_up import person
from tests.support.thorough import all_or
from vidphone.account import copies
from vidphone.account.keeper import TokenKeeper
from vidphone.account.profile import write_bytes_whole
from vidphone.account.sign_up import flow, keeping
from vidphone.account.sign_up.draft import Draft, Page
from vidphone.phone import commands, events
from vidphone.phone.sign_up import SignUp
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode

pytestmark = pytest.mark.slow

MOST_WRITES = 30
RATES = '[rates]\nsign_up_per_address = "1000/hour"\n'


class Killed(BaseException):
    """The program is no more: nothing that would clean up may run."""


class Machine:
    """One person's machine: a profile, a keyring, and a program that can be killed and started."""

    def __init__(self, provider: Provider, profile: Path, index: int) -> None:
        self.provider = provider
        self.profile = profile
        self.keyring = MemoryKeyring()
        self.data = person(index)
        self.number = f"2001{index:04}"
        self.told: list[events.Event] = []
        self.start()

    def start(self) -> None:
        tokens = TokenKeeper(use_keyring=True, choose=lambda: self.keyring)
        self.signed_in: list[str] = []
        self.program = SignUp(
            self.profile, tokens, self.told.append, lambda *who: self.signed_in.append(who[1]), use_keyring=True
        )

    async def restart(self) -> None:
        """The dead program's connection goes; closing writes nothing."""
        await self.program.close()
        self.start()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.program.close()

    def latest(self, kind: type[events.Event]) -> events.Event | None:
        return next((event for event in reversed(self.told) if isinstance(event, kind)), None)

    async def do(self, *asked: commands.OpenSignUp | commands.BeginSigning | commands.Sign) -> None:
        for command in asked:
            await self.program.perform(command)

    async def offered(self) -> events.SignUpOffer:
        await self.do(commands.OpenSignUp(self.provider.url))
        offer = self.latest(events.SignUpOffer)
        assert isinstance(offer, events.SignUpOffer), self.told
        return offer

    async def go_the_whole_way(self) -> None:
        """What a person does from where the program says they are."""
        self.told.clear()
        await self.do(commands.OpenSignUp(self.provider.url))
        if self.latest(events.SignedUp) is None and self.latest(events.SigningReady) is None:
            offer = self.latest(events.SignUpOffer)
            assert isinstance(offer, events.SignUpOffer), self.told
            await self.do(commands.BeginSigning(self.filled(offer), PASSWORD))
        if self.latest(events.SigningReady) is not None:
            await self.do(commands.Sign())

    def filled(self, told: events.SignUpOffer) -> Draft:
        offer, data = told.offer, self.data
        draft = told.draft or Draft(self.provider.url, Language.CHINESE)
        draft = replace(
            draft,
            page=Page.PASSWORD,
            kind=data.kind.value,
            name=data.name,
            birth_date=str(data.birth_date),
            address=data.address,
            postcode=data.postcode,
            identity_kind=data.identity_kind.value,
            identity_number=data.identity_number,
            employer=data.employer,
            telephone=data.telephone,
            credit_limit_fen=offer.catalogue.credit_limits_fen[0],
            number=self.number,
        )
        return flow.choose_plan(flow.consent(flow.accept(draft, offer), offer), offer, offer.catalogue.plans[0].id)


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    numbers = [f"2001{index:04}" for index in range(100)]
    with Provider(tmp_path_factory.mktemp("service")).configure(*numbers, more=RATES) as running:
        yield running


def dies_at(monkeypatch: pytest.MonkeyPatch, nth: int, *, before: bool) -> Callable[[], int]:
    """Die at the nth write into the profile, before or after it; how many there were."""
    count = 0
    write = write_bytes_whole

    def dying(path: Path, content: bytes) -> None:
        nonlocal count
        count += 1
        if count == nth and before:
            raise Killed
        write(path, content)
        if count == nth:
            raise Killed

    monkeypatch.setattr(keeping, "write_bytes_whole", dying)
    monkeypatch.setattr(copies, "write_bytes_whole", dying)
    return lambda: count


@pytest.mark.timeout(300)
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
async def test_dying_around_any_write_loses_nothing(
    provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    for nth in range(1, MOST_WRITES, all_or(4, 1)):
        async with Machine(provider, tmp_path / str(nth), nth + (0 if before else MOST_WRITES)) as machine:
            with monkeypatch.context() as patch:
                written = dies_at(patch, nth, before=before)
                try:
                    await machine.go_the_whole_way()
                except Killed:
                    await machine.restart()
            died = written() == nth
            if died:
                await machine.go_the_whole_way()
            done = machine.latest(events.SignedUp)
            assert isinstance(done, events.SignedUp), (nth, machine.told)
            assert done.number == machine.number
            assert Path(done.path).read_bytes().startswith(b"%PDF")
            assert not list((machine.profile / "sign-up").glob("*/*.*"))
            if not died:
                assert nth > 5, "the sign-up writes less than was thought"
                return
    raise AssertionError("it never stopped writing")


async def test_what_was_signed_is_sent_by_itself_once_the_service_is_back(provider: Provider, tmp_path: Path) -> None:
    async with Machine(provider, tmp_path, 90) as machine:
        offer = await machine.offered()
        assert offer.keyring
        await machine.do(commands.BeginSigning(machine.filled(offer), PASSWORD))
        provider.kill()
        await machine.do(commands.Sign())
        failed = machine.latest(events.SignUpFailed)
        assert isinstance(failed, events.SignUpFailed)
        assert failed.code is ErrorCode.SERVICE_UNREACHABLE
        await machine.restart()
        await machine.do(commands.OpenSignUp(provider.url))
        assert machine.latest(events.SignedUp) is None
        await asyncio.to_thread(provider.start)
        await machine.do(commands.OpenSignUp(provider.url))
        done = machine.latest(events.SignedUp)
        assert isinstance(done, events.SignedUp)
        assert not done.signs_in


async def test_going_back_from_the_document_changes_what_is_signed(provider: Provider, tmp_path: Path) -> None:
    async with Machine(provider, tmp_path, 91) as machine:
        offer = await machine.offered()
        await machine.do(commands.BeginSigning(machine.filled(offer), PASSWORD))
        machine.number = "20010092"
        await machine.do(commands.BeginSigning(machine.filled(offer), PASSWORD), commands.Sign())
        done = machine.latest(events.SignedUp)
        assert isinstance(done, events.SignedUp), machine.told
        assert done.number == "20010092"
        assert machine.signed_in == ["20010092"]
    async with Machine(provider, tmp_path / "other", 93) as other:
        other.number = "20010091"  # given back
        await other.go_the_whole_way()
        assert other.latest(events.SignedUp) is not None, other.told


async def test_a_sign_up_that_is_given_up_frees_number_and_identity_and_leaves_no_trace(
    provider: Provider, tmp_path: Path
) -> None:
    async with Machine(provider, tmp_path / "a", 94) as machine:
        offer = await machine.offered()
        await machine.do(commands.BeginSigning(machine.filled(offer), PASSWORD))
        await machine.program.perform(commands.LeaveSignUp(forget=True))
        await machine.program.keep_draft(machine.filled(offer))
        assert [path for path in (tmp_path / "a").rglob("*") if path.is_file()] == []
        assert machine.keyring.entries == {}
    async with Machine(provider, tmp_path / "b", 94) as again:
        await again.go_the_whole_way()
        assert again.latest(events.SignedUp) is not None, again.told
