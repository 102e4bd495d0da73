"""Two sessions over loopback: real encoders, DTLS, SRTP, decoders."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from tests.fakes.media_ends import End, call, chirp, negotiate, scene, until
from vidphone.media import timecode
from vidphone.media.codec import EncodeError, adaptation
from vidphone.media.flow import flow
from vidphone.media.plumbing import Samples
from vidphone.media.send import video_sender
from vidphone.wire.errors import ErrorCode


def likeness(heard: list[Samples], said: Samples) -> float:
    """The median of how much five pieces of the latest second of what was heard are like what was said somewhere.

    Pieces, because the sound buffer may stretch in between.
    """
    circle = np.concatenate([said, said]).astype(float)
    spectrum = np.fft.rfft(circle, 1 << 19)
    best = []
    for piece in np.split(np.concatenate(heard)[-48_000:].astype(float), 5):
        product = np.fft.irfft(spectrum * np.conj(np.fft.rfft(piece, 1 << 19)))
        at = int(np.argmax(product[: said.size]))
        best.append(float(np.corrcoef(piece, circle[at : at + piece.size])[0, 1]))
    return float(np.median(best))


def shows(end: End, seed: int) -> bool:
    """Whether the latest picture is the scene that its timecode numbers."""
    picture = timecode.plane(end.frames[-1], 0)
    code = timecode.read(picture)
    assert code is not None
    error = picture[:300].astype(float) - scene(code.number, seed)[:300]
    return bool(10 * np.log10(255**2 / (error**2).mean()) > 30)


def protocols_of(end: End) -> list[Any]:
    """What takes datagrams off the sockets of its only transport."""
    (generation,) = end.session._generations.values()
    return list(generation.transport._connection._protocols)


async def test_each_side_sees_and_hears_the_other() -> None:
    async with call() as (a, b):
        await negotiate(a, b)
        await until(lambda: min(len(a.heard), len(b.heard)) > 60 and min(len(a.frames), len(b.frames)) > 20)
        assert shows(a, seed=1)
        assert shows(b, seed=0)
        assert min(likeness(a.heard, chirp()), likeness(b.heard, chirp())) > 0.8
        assert (a.count("connected", 0), a.count("first-frame")) == (1, 1)
        stats = await a.session.stats()
    assert stats.video_in.codec == "AV1"
    assert stats.audio_in.packets_lost == 0
    assert stats.local_candidate_type == "host"
    assert stats.audio_in.total_audio_energy > 0.001


async def test_hold_sends_silence_and_plays_nothing_until_resumed() -> None:
    async with call() as (a, b):
        await negotiate(a, b)
        await until(lambda: bool(a.frames and b.frames))
        a.session.set_sending(microphone=True, camera=True, hold=True)
        await asyncio.sleep(0.4)
        a.frames.clear()
        a.heard.clear()
        b.frames.clear()
        b.heard.clear()
        await asyncio.sleep(0.4)
        assert not a.frames
        assert not a.heard
        assert not b.frames
        assert len(b.heard) > 10
        assert max(int(np.abs(block).max()) for block in b.heard) < 10
        a.session.set_sending(microphone=True, camera=True, hold=False)
        await until(lambda: bool(a.frames and b.frames) and int(np.abs(b.heard[-1]).max()) > 1000)
        assert not [entry for entry in a.told + b.told if entry[0] in ("lost", "failed")]


async def test_a_new_transport_takes_over_without_a_gap() -> None:
    async with call() as (a, b):
        await negotiate(a, b)
        await until(lambda: bool(a.frames and b.frames))
        heard = len(a.heard)
        await negotiate(a, b, generation=1)
        await until(lambda: a.count("connected", 1) == 1 == b.count("connected", 1))
        a.frames.clear()
        await asyncio.sleep(1.3)
        assert len(a.heard) - heard > 55
        assert shows(a, seed=1)
        assert not [entry for entry in a.told + b.told if entry[0] in ("lost", "failed")]
        assert a.count("first-frame") == 1


@pytest.mark.slow
async def test_a_cut_line_is_told_lost_and_recovered(monkeypatch: pytest.MonkeyPatch) -> None:
    async with call() as (a, b):
        await negotiate(a, b)
        await until(lambda: bool(a.frames and b.frames))
        for protocol in protocols_of(a):
            monkeypatch.setattr(protocol, "datagram_received", lambda data, address: None)
        await until(lambda: a.count("lost") == 1)
        monkeypatch.undo()
        await until(lambda: a.count("recovered") == 1)
        assert b.count("lost") == 0
        frames = len(a.frames)
        await until(lambda: len(a.frames) > frames + 10)


async def test_the_other_side_going_away_is_told_once() -> None:
    async with call() as (a, b):
        await negotiate(a, b)
        await until(lambda: bool(a.frames and b.frames))
        await b.session.close()
        await until(lambda: a.count("failed", 0) == 1)


@pytest.mark.slow
async def test_lost_packets_freeze_the_picture_for_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    async with call() as (a, b):
        await negotiate(a, b)
        await until(lambda: bool(a.frames and b.frames))
        count = 0

        def lossy(deliver: Callable[[bytes, object], None], data: bytes, address: object) -> None:
            nonlocal count
            count += 1
            if count % 25:
                deliver(data, address)

        for protocol in protocols_of(b):
            monkeypatch.setattr(protocol, "datagram_received", partial(lossy, protocol.datagram_received))
        b.frames.clear()
        await asyncio.sleep(3)
        assert len(b.frames) > 45
        assert shows(b, seed=0)


async def test_the_picture_is_no_larger_than_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adaptation, "VIEW_S", 0.1)
    async with call() as (a, b):
        b.session.set_shown((200, 400))
        await negotiate(a, b)
        await until(lambda: bool(b.frames) and b.frames[-1].width == 240)
        assert a.frames[-1].width == 640
        b.session.set_shown((640, 360))
        await until(lambda: b.frames[-1].width == 640)


async def test_a_person_hears_that_no_picture_can_be_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise EncodeError("no encoder works")

    monkeypatch.setattr(video_sender, "make_encoder", refused)
    async with call() as (a, b):
        await negotiate(a, b)
        await until(lambda: a.troubles == b.troubles == [ErrorCode.PICTURE_NOT_SENT])
        await until(lambda: len(a.heard) > 20)
        assert not a.frames
        assert not [entry for entry in a.told + b.told if entry[0] in ("lost", "failed")]


async def test_a_person_hears_that_the_other_side_shows_only_what_this_build_does_not_encode(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with call() as (a, b):
        b.session._codecs = ("H264",)
        monkeypatch.setattr(flow, "available_encoders", lambda: ("AV1", "VP9", "VP8"))
        await negotiate(a, b)
        await until(lambda: a.troubles == [ErrorCode.PICTURE_NOT_SENT])
        await until(lambda: len(b.heard) > 20)
        assert not b.frames


async def test_what_is_said_of_the_picture_holds_for_every_transport() -> None:
    async with call() as (a, b):
        a.session.set_content(still=True)
        await negotiate(a, b)
        await until(lambda: bool(b.frames))
        await negotiate(a, b, generation=1)
        await until(lambda: a.count("connected", 1) == 1)
        assert all(flow.video_out.sender._still for flow in a.session._flows() if flow.video_out is not None)
        assert b.frames[-1].width == 640
        a.session.set_content(still=False)
        assert not any(flow.video_out.sender._still for flow in a.session._flows() if flow.video_out is not None)


async def test_a_picture_that_waits_is_not_sent_once_the_camera_is_off() -> None:
    async with call() as (a, b):
        await negotiate(a, b)
        await until(lambda: bool(b.frames))
        (flow,) = a.session._flows()
        assert flow.video_out is not None
        sender = flow.video_out.sender
        sender.stop()
        await until(lambda: sender._latest is not None)
        a.session.set_sending(microphone=True, camera=False, hold=False)
        await asyncio.sleep(0.05)
        assert sender._latest is None
