"""One transport of a call, from its description to its end."""

import asyncio
import logging
import time
from collections.abc import Coroutine, Sequence
from typing import Any, Protocol

from aioice import Candidate as IceCandidate
from aiortc.rtcdtlstransport import RTCCertificate

from vidphone.media.plumbing import AudioSink, VideoSink
from vidphone.media.rtc import LOST_AFTER_S, gathering
from vidphone.media.rtc.adapter import Feedback, PacketSink, Peer, settle
from vidphone.media.rtc.description import Description
from vidphone.media.rtc.tracks_receive import AudioReceiver, VideoReceiver
from vidphone.media.rtc.tracks_send import AudioSendTrack, VideoSendTrack
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.http import IceServer
from vidphone.wire.signaling import MAX_CANDIDATES, Candidate

log = logging.getLogger(__name__)

POLL_S = 0.25
SETUP_S = 20.0
"""After both descriptions: a transport that does not stand by then is given up (ICE alone would wait for ever)."""
HUNG_UP_S = 1.0
"""How long after the other side closed the transport it counts as broken."""
MAX_REMOTE_CANDIDATES = 64
_PREFIX = "candidate:"


class GenerationListener(Protocol):
    """What a transport tells its session, on the loop."""

    def gathered(self, generation: "Generation", candidates: tuple[Candidate, ...], last: bool) -> None:
        """Own candidates were found."""

    def carrying(self, generation: "Generation") -> None:
        """The first packet of media came."""

    def quiet(self, generation: "Generation") -> None:
        """Nothing came for `LOST_AFTER_S`."""

    def heard(self, generation: "Generation") -> None:
        """Packets come again."""

    def broken(self, generation: "Generation") -> None:
        """It failed or was closed by the other side. Told once."""


class _FirstPacket:
    """Lets the generation know of media before it goes on its way."""

    def __init__(self, generation: "Generation", inner: PacketSink) -> None:
        self._generation = generation
        self._inner = inner

    def packet(self, codec: str, sequence: int, timestamp: int, marker: bool, data: bytes) -> bool:
        """Pass a packet on."""
        self._generation.media_arrived()
        return self._inner.packet(codec, sequence, timestamp, marker, data)


def parse_candidate(text: str) -> IceCandidate | None:
    """A candidate that can be used, or None (RFC 8839 section 5.1): UDP, component 1."""
    try:
        candidate = IceCandidate.from_sdp(text.removeprefix(_PREFIX))
    except (ValueError, IndexError):
        return None
    usable = candidate.component == 1 and candidate.transport.lower() == "udp" and 0 < candidate.port < 65_536
    return candidate if usable and 0 <= candidate.priority < 2**32 else None


class Generation:
    """A transport and the senders and receivers on it. Made on the loop."""

    def __init__(
        self, number: int, certificate: RTCCertificate, servers: Sequence[IceServer], *,
        listener: GenerationListener, sound: AudioSink, picture: VideoSink,
    ) -> None:  # fmt: skip
        self.number = number
        self.carries = False
        self.started_at_s = time.monotonic()
        self.audio_out, self.video_out = AudioSendTrack(), VideoSendTrack()
        self.audio_in, self.video_in = AudioReceiver(sound), VideoReceiver(picture)
        self._servers = servers
        self._listener = listener
        self._mid = "0"
        self._closing = False
        self._broken = False
        self._quiet = False
        self._remote_last = self._own_last = False
        self._remote_count = 0
        self._hosts_ready: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.peer = Peer(
            certificate,
            (self.audio_out.track, self.video_out.track),
            (_FirstPacket(self, self.audio_in), _FirstPacket(self, self.video_in)),
            Feedback(self.video_out.request_keyframe, self.video_out.set_bitrate),
        )
        self.peer.on_state(self._state_changed)

    async def offer(self) -> str:
        """Our offer; candidates follow through the listener."""
        sdp = await self.peer.offer()
        self._gather()
        return sdp

    async def take_offer(self, description: Description) -> str:
        """Take an offer, return the answer; candidates follow.

        Raises:
            VidphoneError: `MALFORMED`: aiortc cannot use it.
        """
        try:
            sdp = await self.peer.take_offer(description.text)
        except Exception as error:  # a stranger's text, whatever part of the library stumbled over it
            raise VidphoneError(ErrorCode.MALFORMED, {"detail": "sdp"}) from error
        self._described(description)
        self._gather()
        return sdp

    async def take_answer(self, description: Description) -> None:
        """Take the answer to our offer. Raises as `take_offer`."""
        if self._hosts_ready is not None:
            await self._hosts_ready
        if self._closing:
            return
        try:
            await self.peer.take_answer(description.text)
        except Exception as error:
            raise VidphoneError(ErrorCode.MALFORMED, {"detail": "sdp"}) from error
        self._described(description)

    def _described(self, description: Description) -> None:
        self._mid = description.mid
        self.audio_out.start()
        self.video_out.start(self.peer.video_codec)
        self.add_candidates(description.candidates, last=False)
        self._spawn(self._watch())

    def add_candidates(self, candidates: Sequence[str], *, last: bool) -> None:
        """Candidates of the other side; what cannot be used is passed over (RFC 8838 section 8.1)."""
        for text in candidates:
            candidate = parse_candidate(text)
            if candidate is not None and self._remote_count < MAX_REMOTE_CANDIDATES:
                self._remote_count += 1
                self._spawn(self.peer.add_candidate(candidate))
        if last and not self._remote_last:
            self._remote_last = True
            self._maybe_end()

    def retire(self) -> None:
        """Send nothing more; another transport has taken over."""
        self.audio_out.stop()
        self.video_out.stop()

    async def close(self) -> None:
        """Free everything: sockets, tasks, threads."""
        if self._closing:
            return
        self._closing = True
        self.retire()
        self.video_in.stop()
        if self._hosts_ready is not None:
            await asyncio.wait([self._hosts_ready])
        await settle(self._tasks)
        await self.peer.close()
        await asyncio.to_thread(self._join)

    def _join(self) -> None:
        for part in (self.audio_out, self.video_out, self.video_in):
            part.join()

    def media_arrived(self) -> None:
        """A packet of media is here."""
        if not self.carries and not self._closing:
            self.carries = True
            self._listener.carrying(self)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        if self._closing:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _gather(self) -> None:
        self._hosts_ready = asyncio.get_running_loop().create_task(self._gather_hosts())

    async def _gather_hosts(self) -> None:
        try:
            found = await self.peer.gather_host()
        except OSError:
            log.warning("no socket could be opened for a call")
            self._break()
            return
        if not self._closing:
            self._tell(found, last=not self._servers)
            self._own_last = not self._servers
            if self._servers:
                self._spawn(self._gather_servers())
            self._maybe_end()

    async def _gather_servers(self) -> None:
        await gathering.gather_servers(self.peer.connection, self._servers, lambda found: self._tell(found, last=False))
        self._own_last = True
        self._tell([], last=True)
        self._maybe_end()

    def _tell(self, found: list[str], *, last: bool) -> None:
        if not self._closing:
            candidates = tuple(Candidate(candidate=_PREFIX + text, mid=self._mid, line=0) for text in found)
            self._listener.gathered(self, candidates[:MAX_CANDIDATES], last)

    def _maybe_end(self) -> None:
        if self._remote_last and self._own_last:
            self._spawn(self._end_candidates())

    async def _end_candidates(self) -> None:
        others = self._tasks - {asyncio.current_task()}
        named = [task for task in others if getattr(task.get_coro(), "__name__", "") == "add_candidate"]
        await asyncio.gather(*named, return_exceptions=True)
        await self.peer.end_candidates()

    def _state_changed(self) -> None:
        if self.peer.state == "failed":
            self._break()
        elif self.peer.state == "closed":
            self._spawn(self._closed_by_peer())

    async def _closed_by_peer(self) -> None:
        """Most often the other side has hung up, and the word of it is still on its way through the service."""
        await asyncio.sleep(HUNG_UP_S)
        self._break()

    def _break(self) -> None:
        if not self._broken and not self._closing:
            self._broken = True
            self._listener.broken(self)

    async def _watch(self) -> None:
        """Notice silence, and a transport that never comes to stand."""
        until_s = time.monotonic() + SETUP_S
        while not self.carries:
            if time.monotonic() > until_s:
                self._break()
                return
            await asyncio.sleep(POLL_S)
        count, heard_at_s = self.peer.packets_received, time.monotonic()
        while True:
            await asyncio.sleep(POLL_S)
            now_s = time.monotonic()
            if self.peer.packets_received != count:
                count, heard_at_s = self.peer.packets_received, now_s
                if self._quiet:
                    self._quiet = False
                    self._listener.heard(self)
            elif not self._quiet and now_s - heard_at_s > LOST_AFTER_S:
                self._quiet = True
                self._listener.quiet(self)
