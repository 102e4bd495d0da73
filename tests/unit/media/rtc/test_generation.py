"""A transport from its description to its end, with a flow that only takes notes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.fakes.media_ends import until
from tests.fakes.media_flow import NotedFlow
from vidphone.media.rtc import adapter, generation
from vidphone.media.rtc.generation import Generation
from vidphone.media.rtc.sdp import text
from vidphone.media.rtc.sdp.agreement import remote_transport
from vidphone.wire.errors import VidphoneError
from vidphone.wire.http import IceServer
from vidphone.wire.signaling import Candidate

RTP = b"\x80\x60\x00\x01" + bytes(8) + b"sound"
RTCP = b"\x80\xc9\x00\x01\x00\x00\x00\x07"


class Phone:
    """A listener with one generation."""

    def __init__(self, codecs: tuple[str, ...] = ("VP8",), servers: tuple[IceServer, ...] = ()) -> None:
        self.told: list[str] = []
        self.candidates: list[tuple[tuple[Candidate, ...], bool]] = []
        self.generation: Generation[NotedFlow] = Generation(
            0, adapter.new_certificate(), servers, codecs=codecs, listener=self, make_flow=NotedFlow
        )

    @property
    def flow(self) -> NotedFlow:
        assert self.generation.flow is not None
        return self.generation.flow

    def gathered(self, _: Generation[Any], candidates: tuple[Candidate, ...], last: bool) -> None:
        self.candidates.append((candidates, last))

    def carrying(self, _: Generation[Any]) -> None:
        self.told.append("carrying")

    def quiet(self, _: Generation[Any]) -> None:
        self.told.append("quiet")

    def heard(self, _: Generation[Any]) -> None:
        self.told.append("heard")

    def broken(self, _: Generation[Any]) -> None:
        self.told.append("broken")

    def take_offer(self, sdp: str) -> str:
        read = text.read(sdp)
        return self.generation.take_offer(read, remote_transport(read, offered=True))

    def take_answer(self, sdp: str) -> None:
        read = text.read(sdp)
        self.generation.take_answer(read, remote_transport(read, offered=False))


@pytest.fixture
async def phones() -> AsyncIterator[Callable[..., Phone]]:
    made: list[Phone] = []

    def make(*args: Any, **kwargs: Any) -> Phone:
        made.append(Phone(*args, **kwargs))
        return made[-1]

    yield make
    await asyncio.gather(*(phone.generation.close() for phone in made))
    assert {task for task in asyncio.all_tasks() if task is not asyncio.current_task()} == set()


async def connect(caller: Phone, callee: Phone) -> None:
    """Without candidates beside the descriptions, as a peer without trickle does it."""
    caller.generation.offer()
    callee.take_offer(await caller.generation.complete_description())
    caller.take_answer(await callee.generation.complete_description())
    await until(lambda: caller.generation.transport.connected and callee.generation.transport.connected)


async def test_descriptions_with_their_candidates_inside_are_enough(phones: Callable[..., Phone]) -> None:
    a, b = phones(), phones()
    await connect(a, b)
    assert a.flow.asked == b.flow.asked == ["start"]
    assert a.flow.plan.video is not None
    assert not a.told
    assert a.candidates[-1][1]


@pytest.mark.parametrize("packet", [RTP, RTCP], ids=["media", "a report"])
async def test_the_first_packet_of_any_sort_carries(phones: Callable[..., Phone], packet: bytes) -> None:
    a, b = phones(), phones()
    await connect(a, b)
    a.generation.transport.send(packet)
    await until(lambda: b.told == ["carrying"])
    a.generation.transport.send(RTP[:3] + b"\x07" + RTP[4:])
    await until(lambda: len(b.flow.packets) == 2)
    assert (b.told, a.told) == (["carrying"], [])


async def test_a_flow_exists_once_both_descriptions_are_known(phones: Callable[..., Phone]) -> None:
    a, b = phones(), phones(("VP9", "VP8"))
    offer = a.generation.offer()
    assert a.generation.flow is None
    answer = b.take_offer(offer)
    assert b.flow.plan.video is not None
    assert [codec.name for codec in b.flow.plan.video.send_codecs] == ["VP8"]
    a.take_answer(answer)
    flow = a.flow
    a.take_answer(answer)
    assert a.flow is flow


async def test_silence_is_told_and_its_end(phones: Callable[..., Phone], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "POLL_S", 0.01)
    monkeypatch.setattr(generation, "LOST_AFTER_S", 0.1)
    a, b = phones(), phones()
    await connect(a, b)
    a.generation.transport.send(RTCP)
    await until(lambda: b.told == ["carrying", "quiet"])
    a.generation.transport.send(RTCP[:-1] + b"\x08")
    await until(lambda: b.told[:3] == ["carrying", "quiet", "heard"])


async def test_a_transport_that_never_stands_is_broken_once(
    phones: Callable[..., Phone], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generation, "POLL_S", 0.01)
    monkeypatch.setattr(generation, "SETUP_S", 0.05)
    a, b = phones(), phones()
    b.take_offer(a.generation.offer())
    await until(lambda: b.told == ["broken"])


async def test_the_other_side_hanging_up_breaks_it_in_a_while(
    phones: Callable[..., Phone], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generation, "HUNG_UP_S", 0.01)
    a, b = phones(), phones()
    await connect(a, b)
    await b.generation.close()
    await until(lambda: a.told == ["broken"])
    assert b.flow.asked == ["start", "close", "join"]
    assert not b.told


async def test_an_answer_without_a_common_codec_is_refused(phones: Callable[..., Phone]) -> None:
    a = phones()
    read = text.read(a.generation.offer().replace("opus/48000/2", "x/8000").replace("VP8/90000", "x/90000"))
    callee = phones()
    with pytest.raises(VidphoneError):
        callee.generation.take_offer(read, remote_transport(read, offered=True))


async def test_closing_in_the_middle_of_anything_leaves_nothing(phones: Callable[..., Phone]) -> None:
    dead = (IceServer(urls=("turn:192.0.2.254:9?transport=udp",), username="u", credential="c"),)
    a, b = phones(servers=dead), phones()
    b.take_offer(a.generation.offer())
    await asyncio.gather(a.generation.close(), b.generation.close())
    assert await a.generation.complete_description()
