"""A vidphone and a phone that is not ours see and hear each other, whichever calls."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.fakes.media_ends import End, Feeder, chirp, scene, until
from tests.foreign.peers import SEED, ChromiumPeer, LibwebrtcPeer, Peer, Report
from vidphone.media import timecode
from vidphone.media.flow import flow
from vidphone.media.flow.video_out import VideoOut
from vidphone.media.plumbing import Samples
from vidphone.media.rate.budget import divide
from vidphone.media.rtc import transport
from vidphone.media.rtp.packet import RtpPacket, is_rtcp
from vidphone.wire.signaling import Candidate

pytestmark = [pytest.mark.foreign, pytest.mark.slow]

OWN_SEED = 3
RED = 119
GOOD_PSNR_DB = 27.0
"""Far from what another moment of the scene, or another scene, reaches (below 20)."""
GOOD_LIKENESS = 0.7


@pytest.fixture(params=[LibwebrtcPeer, ChromiumPeer], ids=["libwebrtc", "chromium"])
async def peer(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Peer]:
    peer: Peer = request.param(tmp_path)
    await peer.start()
    try:
        yield peer
    finally:
        await peer.stop()


class Link:
    """The signaling between a session and a foreign peer."""

    def __init__(self, end: End, peer: Peer) -> None:
        self._end = end
        self._peer = peer
        self._words: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._sent = 0
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            words = await self._peer.hear()
            assert "error" not in words, words
            if "candidate" in words:
                candidate = words["candidate"]
                found = () if candidate is None else (self._of(candidate),)
                await self._end.session.add_candidates(0, found, candidate is None)
            else:
                self._words.put_nowait(words)

    @staticmethod
    def _of(candidate: dict[str, Any]) -> Candidate:
        return Candidate(
            candidate=candidate["candidate"], mid=candidate["sdpMid"] or "", line=candidate["sdpMLineIndex"] or 0
        )

    async def word(self, name: str) -> Any:
        while True:
            getting = asyncio.ensure_future(self._words.get())
            await asyncio.wait({getting, self._task}, timeout=70, return_when=asyncio.FIRST_COMPLETED)
            if not getting.done():
                getting.cancel()
                if self._task.done():
                    await self._task  # says why nothing more comes
                pytest.fail(f"the peer did not say {name!r}")
            if name in (words := getting.result()):
                return words[name]

    async def trickle(self) -> None:
        """Give the peer what our session has gathered; called after our description was."""
        await until(lambda: any(entry[0] == "candidates" and entry[3] for entry in self._end.told))
        for entry in self._end.told:
            if entry[0] == "candidates":
                for candidate in entry[2]:  # type: ignore[attr-defined]
                    self._peer.say({"candidate": {
                        "candidate": candidate.candidate, "sdpMid": candidate.mid, "sdpMLineIndex": candidate.line,
                    }})  # fmt: skip

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


def psnr_db(luma: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] | None, seed: int) -> float:
    """How much a picture, of whatever size it was sent in, is the scene that its own timecode numbers."""
    code = None if luma is None else timecode.read(luma)
    if luma is None or code is None:
        return 0.0
    wanted = cv2.resize(scene(code.number, seed), luma.shape[::-1], interpolation=cv2.INTER_AREA)
    rows = luma.shape[0] * 5 // 6  # the timecode is below
    error = luma[:rows].astype(float) - wanted[:rows]
    return float(10 * np.log10(255**2 / (error**2).mean()))


def likeness(heard: Samples, rate_hz: int) -> float:
    """The median of the best correlations of ten pieces of the latest second with what was said.

    Pieces, because a jitter buffer may stretch sound in between.
    """
    said = chirp().astype(float)
    circle = np.concatenate([said, said])
    spectrum = np.fft.rfft(circle, 1 << 19)
    best = []
    for part in np.split(heard[-rate_hz:].astype(float), 10):
        piece = np.interp(np.arange(4800) * rate_hz / 48_000, np.arange(part.size), part)
        if not piece.any():
            best.append(0.0)
            continue
        product = np.fft.irfft(spectrum * np.conj(np.fft.rfft(piece, 1 << 19)))
        at = int(np.argmax(product[: said.size]))
        best.append(float(np.corrcoef(piece, circle[at : at + piece.size])[0, 1]))
    return float(np.median(best))


async def reported(peer: Peer, link: Link) -> Report:
    peer.say({"report": True})
    return Report.of(await link.word("report"))


async def within(seconds: float, tell: Callable[[], Awaitable[tuple[float, ...]]], bars: tuple[float, ...]) -> None:
    """Wait until all figures are above their bars: on a busy machine some seconds of a call are bad ones."""
    figures: tuple[float, ...] = ()
    try:
        async with asyncio.timeout(seconds):
            while True:
                figures = await tell()
                if all(figure > bar for figure, bar in zip(figures, bars, strict=True)):
                    return
                await asyncio.sleep(0.5)
    except TimeoutError:
        pytest.fail(f"{figures} were not above {bars} within {seconds} s")


async def check_both_ways(end: End, peer: Peer, link: Link) -> None:
    await until(lambda: len(end.frames) > 45 and len(end.heard) > 100, 60)

    async def here() -> tuple[float, float]:
        return psnr_db(timecode.plane(end.frames[-1], 0), SEED), likeness(np.concatenate(end.heard[-50:]), 48_000)

    async def there() -> tuple[float, float, float]:
        report = await reported(peer, link)
        heard = likeness(report.sound, report.rate_hz) if report.sound.size > report.rate_hz > 0 else 0.0
        return report.frames, psnr_db(report.luma, OWN_SEED), heard

    await within(60, here, (GOOD_PSNR_DB, GOOD_LIKENESS))
    await within(60, there, (30, GOOD_PSNR_DB, GOOD_LIKENESS))


@pytest.mark.parametrize("vidphone_calls", [True, False], ids=["vidphone calls", "peer calls"])
async def test_both_see_and_hear_each_other(peer: Peer, vidphone_calls: bool) -> None:
    end = End()
    feeder = Feeder(end.session, end.session, OWN_SEED)
    link = Link(end, peer)
    try:
        if vidphone_calls:
            peer.say({"offer": await end.session.create_offer(0)})
            await link.trickle()
            await end.session.accept_answer(0, await link.word("answer"))
        else:
            peer.say({"call": True})
            peer.say({"answer": await end.session.accept_offer(0, await link.word("offer"))})
            await link.trickle()
        await check_both_ways(end, peer, link)
    finally:
        await end.session.close()
        await link.close()
        await asyncio.to_thread(feeder.stop)


async def test_what_a_peer_misses_is_repaired_in_a_call_both_ways(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where they send, too, neither of them takes FlexFEC; and nothing that they ask for is sent again."""
    plain = transport.Transport.send
    sent = 0
    pictures: set[int] = set()
    outs: list[VideoOut] = []

    def losing(self: transport.Transport, data: bytes) -> bool:
        nonlocal sent
        if is_rtcp(data) or (packet := RtpPacket.parse(data)).payload_type != RED:
            return plain(self, data)
        sent += 1
        pictures.add(packet.timestamp)
        return (sent > 40 and sent % 12 == 0) or plain(self, data)

    monkeypatch.setattr(transport.Transport, "send", losing)
    monkeypatch.setattr(flow, "divide", lambda *args: replace(divide(*args), fec_share=0.5))
    monkeypatch.setattr(VideoOut, "nack", lambda out, lost, now_s: outs.append(out))
    end = End()
    feeder = Feeder(end.session, end.session, OWN_SEED)
    link = Link(end, peer)
    try:
        peer.say({"offer": await end.session.create_offer(0)})
        await link.trickle()
        await end.session.accept_answer(0, await link.word("answer"))
        await until(lambda: bool(outs) and sent > 600, 60)
        seen = (await reported(peer, link)).frames
        assert outs[0].repair_packets > 100
        assert seen > len(pictures) / 3  # a tenth without the repair packets: each loss holds the picture for seconds

        async def there() -> tuple[float, float]:
            report = await reported(peer, link)
            return report.frames, psnr_db(report.luma, OWN_SEED)

        await within(30, there, (30, GOOD_PSNR_DB))
    finally:
        await end.session.close()
        await link.close()
        await asyncio.to_thread(feeder.stop)
