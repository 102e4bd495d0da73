import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.media import FakeMedia, FakeSession
from tests.fakes.signaling import FakeSignaling
from tests.unit.call.messages import CANDIDATE, accept, call_id, propose
from vidphone.call.charge import Charge
from vidphone.call.desk import CallDesk
from vidphone.call.driver import MAX_WAITING
from vidphone.call.view import CallState, CallView, CallWaiting
from vidphone.wire import signaling as wire
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.reasons import EndReason


class Listener:
    def __init__(self) -> None:
        self.views: list[CallView] = []
        self.keys: list[tuple[str, str]] = []
        self.charges: list[tuple[str, Charge]] = []

    def changed(self, view: CallView) -> None:
        self.views.append(view)

    def dtmf(self, call: str, digits: str) -> None:
        self.keys.append((call, digits))

    def charged(self, call: str, charge: Charge) -> None:
        self.charges.append((call, charge))


class Office:
    """A desk with all that is around it."""

    def __init__(self) -> None:
        self.signaling = FakeSignaling()
        self.media = FakeMedia()
        self.clock = FakeClock()
        self.listener = Listener()
        self.desk = CallDesk(self.signaling, self.media, self.clock, self.listener)
        self.desk.link_up(resumed=False)

    async def settle(self) -> None:
        for _ in range(30):
            await asyncio.sleep(0)

    async def talk(self, number: str = "1002") -> FakeSession:
        call = self.desk.dial(number, video=True)
        await self.settle()
        self.desk.receive(accept(call))
        await self.settle()
        self.media.sessions[call].listener.connected(0)
        return self.media.sessions[call]

    def state(self) -> CallState:
        return self.listener.views[-1].state


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    office = Office()
    yield office
    await office.desk.close()


async def test_a_call_is_dialled_connected_and_hung_up(office: Office) -> None:
    session = await office.talk()

    assert [type(message) for message in office.signaling.sent] == [
        wire.Propose,
        wire.Reveal,
        wire.Info,
        wire.Media,
    ]
    assert session.operations == ["offer 0", "take-answer 0"]
    assert session.sending == (True, True, False)
    assert office.state() is CallState.ACTIVE
    assert office.desk.views[0].comparison_code is not None

    office.desk.hang_up()
    await office.settle()

    assert isinstance(office.signaling.sent[-1], wire.End)
    assert session.closed
    assert office.desk.views == ()
    assert office.clock.pending == 0


async def test_an_incoming_call_is_answered_and_takes_candidates_in_order(office: Office) -> None:
    call = call_id(1)
    office.desk.receive(propose(call))
    office.desk.receive(wire.Candidates(call=call, generation=0, candidates=(CANDIDATE,), last=False))
    office.desk.answer("", video=False)
    office.desk.receive(wire.Candidates(call=call, generation=0, candidates=(), last=True))
    await office.settle()

    session = office.media.sessions[call]
    assert session.operations == ["take-offer 0", "candidates 0", "candidates 0"]
    assert [last for _, _, last in session.candidates] == [False, True]
    assert [message.type for message in office.signaling.sent] == ["ringing", "accept", "info"]
    assert not session.send_video


async def test_muting_does_not_wait_for_a_negotiation(office: Office) -> None:
    session = await office.talk()
    office.media.may_go.clear()
    session.listener.lost()
    await office.settle()

    office.desk.set_microphone(on=False)

    assert session.sending == (False, True, False)


@pytest.mark.parametrize("operation", ["open", "offer", "take-answer"])
async def test_media_that_raises_ends_its_call_only(
    office: Office, operation: str, caplog: pytest.LogCaptureFixture
) -> None:
    good = await office.talk()
    office.desk.hold("", on=True)
    office.media.break_on = operation
    bad = office.desk.dial("1003", video=True)
    await office.settle()
    office.desk.receive(accept(bad))
    await office.settle()

    assert office.listener.views[-1].call == bad
    assert office.listener.views[-1].reason is EndReason.MEDIA_FAILED
    assert [view.call for view in office.desk.views] == [good.call]
    assert not good.closed
    assert "was told to fail" in caplog.text


async def test_media_that_falls_behind_ends_its_call(office: Office) -> None:
    session = await office.talk()
    office.media.may_go.clear()
    for _ in range(MAX_WAITING + 2):
        office.desk.receive(wire.Candidates(call=session.call, generation=0, candidates=(CANDIDATE,)))
    await office.settle()

    assert office.listener.views[-1].reason is EndReason.MEDIA_FAILED
    assert session.closed


async def test_a_lost_call_is_repaired_on_the_clock_or_given_up(office: Office) -> None:
    session = await office.talk()
    office.clock.advance(60)
    session.listener.lost()
    await office.settle()
    office.clock.advance(5)
    await office.settle()
    assert [offer.generation for offer in office.signaling.take(wire.Offer)] == [1, 2]
    session.listener.connected(2)
    assert office.state() is CallState.ACTIVE

    office.desk.link_down()
    session.listener.lost()
    office.clock.advance(31)

    assert office.listener.views[-1].reason is EndReason.CONNECTION_LOST


async def test_hanging_up_works_while_media_and_link_hang(office: Office) -> None:
    office.media.may_go.clear()
    office.desk.link_down()
    call = office.desk.dial("1002", video=True)
    await office.settle()

    office.desk.hang_up(call)
    await office.settle()

    assert office.state() is CallState.ENDED
    assert office.media.sessions[call].closed


async def test_call_waiting_and_keys_reach_the_right_call(office: Office) -> None:
    first = await office.talk()
    office.desk.receive(propose(call_id(1), "1003"))
    office.desk.answer("", video=True, active_call=CallWaiting.END)
    await office.settle()
    office.media.sessions[call_id(1)].listener.connected(0)

    assert first.closed
    office.desk.receive(wire.Dtmf(call=call_id(1), digits="42"))
    assert office.listener.keys == [(call_id(1), "42")]
    office.desk.dtmf("", "7")
    assert office.signaling.take(wire.Dtmf) == [wire.Dtmf(call=call_id(1), digits="7")]


async def test_a_listener_may_call_the_desk(office: Office) -> None:
    class Refuser(Listener):
        def changed(self, view: CallView) -> None:
            super().changed(view)
            if view.state is CallState.INCOMING:
                desk.decline(view.call)

    listener = Refuser()
    desk = CallDesk(office.signaling, office.media, office.clock, listener)
    desk.receive(propose(call_id(1)))

    assert [view.state for view in listener.views] == [CallState.INCOMING, CallState.ENDED]
    assert [message.type for message in office.signaling.sent] == ["ringing", "reject"]


async def test_errors_have_codes(office: Office) -> None:
    with pytest.raises(VidphoneError) as raised:
        office.desk.hang_up()
    assert raised.value.code is ErrorCode.NO_SUCH_CALL
    with pytest.raises(VidphoneError) as raised:
        office.desk.dial("Bob", video=True)
    assert raised.value.code is ErrorCode.BAD_NUMBER


async def test_closing_hangs_up_everything(office: Office) -> None:
    held = await office.talk()
    office.desk.hold("", on=True)
    active = await office.talk("1003")

    await office.desk.close()

    assert held.closed
    assert active.closed
    assert len(office.signaling.take(wire.End)) == 2


async def test_many_calls_leave_nothing_behind(office: Office) -> None:
    tasks = len(asyncio.all_tasks())
    for n in range(200):
        session = await office.talk()
        if n % 2:
            office.desk.hang_up()
        else:
            office.desk.receive(wire.End(call=session.call, reason=EndReason.HUNG_UP))
        await office.settle()

    assert len(asyncio.all_tasks()) == tasks
    assert office.clock.pending == 0
    assert office.desk.views == ()
    assert all(session.closed for session in office.media.sessions.values())
