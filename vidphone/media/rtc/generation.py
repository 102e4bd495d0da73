"""One transport of a call, from its description to its end."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any, Generic, Protocol, TypeVar

from aioice import Candidate as IceCandidate
from aiortc.rtcdtlstransport import RTCCertificate

from vidphone.media.plan import SessionPlan
from vidphone.media.plumbing import AudioBlock, Samples, VideoBlock
from vidphone.media.rtc import LOST_AFTER_S, adapter
from vidphone.media.rtc.sdp import agreement, negotiation
from vidphone.media.rtc.sdp.agreement import RemoteTransport
from vidphone.media.rtc.sdp.model import Description
from vidphone.media.rtc.sdp.write import write
from vidphone.media.rtc.transport import Transport
from vidphone.media.rtp.packet import is_rtcp
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


class MediaFlow(Protocol):
    """The senders and receivers of one transport. Made on the loop, once both descriptions are known.

    All but `audio`, `video`, `take` and `join` are called on the loop.
    """

    def start(self) -> None:
        """The transport stands: media may be sent from now on."""

    def packet(self, data: bytes, arrival_s: float) -> None:
        """Plaintext RTP or RTCP came; never raises, whatever is in it."""

    def audio(self, block: AudioBlock) -> None:
        """Sound of the microphone, from any thread."""

    def video(self, block: VideoBlock) -> None:
        """A picture of the camera, from any thread."""

    def take(self, count: int) -> Samples | None:
        """The other side's next samples, for the player's thread; None where there are none."""

    def retire(self) -> None:
        """Send nothing more; receiving goes on."""

    def close(self) -> None:
        """Call nobody any more; returns at once."""

    def join(self) -> None:
        """Wait for its threads; not on the loop."""


FlowT = TypeVar("FlowT", bound=MediaFlow)
FlowMaker = Callable[[SessionPlan, Transport, Callable[[], None]], FlowT]
"""What makes the flow of a plan on a transport; the last argument is called, on the loop, at its first media."""


class GenerationListener(Protocol):
    """What a transport tells its session, on the loop."""

    def gathered(self, generation: "Generation[Any]", candidates: tuple[Candidate, ...], last: bool) -> None:
        """Own candidates were found."""

    def carrying(self, generation: "Generation[Any]") -> None:
        """The first packet came, of media or a report on it."""

    def quiet(self, generation: "Generation[Any]") -> None:
        """Nothing came for `LOST_AFTER_S`."""

    def heard(self, generation: "Generation[Any]") -> None:
        """Packets come again."""

    def broken(self, generation: "Generation[Any]") -> None:
        """It failed or was closed by the other side. Told once."""


def parse_candidate(text: str) -> IceCandidate | None:
    """A candidate that can be used, or None (RFC 8839 section 5.1): UDP, component 1."""
    try:
        candidate = IceCandidate.from_sdp(text.removeprefix(_PREFIX))
    except (ValueError, IndexError):
        return None
    usable = candidate.component == 1 and candidate.transport.lower() == "udp" and 0 < candidate.port < 65_536
    return candidate if usable and 0 <= candidate.priority < 2**32 else None


class Generation(Generic[FlowT]):
    """A transport and the media on it. Made on the loop."""

    def __init__(
        self, number: int, certificate: RTCCertificate, servers: Sequence[IceServer], *,
        codecs: Sequence[str], listener: GenerationListener, make_flow: FlowMaker[FlowT], relay_only: bool = False,
    ) -> None:  # fmt: skip
        self.number = number
        self.carries = False
        self.started_at_s = time.monotonic()
        self.flow: FlowT | None = None
        self.transport = Transport(certificate)
        self.transport.on_state = self._state_changed
        self._local = negotiation.Local.make(
            self.transport.credentials, adapter.fingerprint(certificate), secrets.randbits
        )
        self._codecs = tuple(codecs)
        self._make_flow = make_flow
        self._servers = servers
        self._relay_only = relay_only
        self._listener = listener
        self._description: Description | None = None
        self._mid, self._line = "0", 0
        self._closing = False
        self._broken = False
        self._quiet = False
        self._remote_last = False
        self._own_last = asyncio.Event()
        self._remote_count = 0
        self._hosts_ready: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def offer(self) -> str:
        """Our offer; candidates follow through the listener."""
        self._description = negotiation.offer(self._local, self._codecs)
        self.transport.control()
        self._gather()
        return write(self._description)

    def take_offer(self, description: Description, remote: RemoteTransport) -> str:
        """Take an offer, return the answer; candidates follow.

        Raises:
            VidphoneError: `MALFORMED`: nothing in it that a call has.
        """
        answer = negotiation.answer(description, self._local, self._codecs)
        plan = agreement.plan(answer, description, self._local, we_offered=False)
        self._description = answer
        self._mid, self._line = remote.mid, remote.line
        self._gather()
        self._described(plan, remote)
        return write(answer)

    def take_answer(self, description: Description, remote: RemoteTransport) -> None:
        """Take the answer to our offer; another one to the same offer is ignored. Raises as `take_offer`."""
        if self._description is None or self.flow is not None or self._closing:
            return
        plan = agreement.plan(self._description, description, self._local, we_offered=True)
        self._described(plan, remote)

    async def complete_description(self) -> str:
        """Our description with all our candidates in it, for a peer that hears of none by another way."""
        await self._own_last.wait()
        if self._description is None:
            return ""
        found = self.transport.local_candidates[:MAX_CANDIDATES]
        media = tuple(
            replace(medium, candidates=found, candidates_end=True) if at == self._line else medium
            for at, medium in enumerate(self._description.media)
        )
        return write(replace(self._description, media=media))

    def _described(self, plan: SessionPlan, remote: RemoteTransport) -> None:
        self.flow = self._make_flow(plan, self.transport, self._carry)
        self.transport.on_packet = self._before_media
        self.add_candidates(remote.candidates, last=remote.candidates_end)
        self._spawn(self._connect(remote))
        self._spawn(self._watch())

    async def _connect(self, remote: RemoteTransport) -> None:
        if self._hosts_ready is not None:
            await asyncio.shield(self._hosts_ready)
        self.transport.start(remote)

    def add_candidates(self, candidates: Sequence[str], *, last: bool) -> None:
        """Candidates of the other side; what cannot be used is passed over (RFC 8838 section 8.1)."""
        for text in candidates:
            candidate = parse_candidate(text)
            if candidate is not None and self._remote_count < MAX_REMOTE_CANDIDATES:
                self._remote_count += 1
                self._spawn(self.transport.add_candidate(candidate))
        if last and not self._remote_last:
            self._remote_last = True
            self._maybe_end()

    def retire(self) -> None:
        """Send nothing more; another transport has taken over."""
        if self.flow is not None:
            self.flow.retire()

    async def close(self) -> None:
        """Free everything: sockets, tasks, threads."""
        if self._closing:
            return
        self._closing = True
        if self.flow is not None:
            self.flow.close()
        self._own_last.set()
        if self._hosts_ready is not None:
            await asyncio.wait([self._hosts_ready])
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.transport.close()
        if self.flow is not None:
            await asyncio.to_thread(self.flow.join)

    def _carry(self) -> None:
        """A packet came: the way is open in both directions."""
        if not self.carries and not self._closing:
            self.carries = True
            if self.flow is not None:
                self.transport.on_packet = self.flow.packet
            self._listener.carrying(self)

    def _before_media(self, data: bytes, arrival_s: float) -> None:
        """Until something carries: reports of somebody who only listens count as well as media."""
        if self.flow is not None:
            self.flow.packet(data, arrival_s)
            if is_rtcp(data):
                self._carry()

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
        found: list[str] = []
        try:
            if self._relay_only:
                self.transport.gather_no_host()
            else:
                found = await self.transport.gather_host()
        except OSError:
            log.warning("no socket could be opened for a call")
            self._break()
            return
        if self._closing:
            return
        self._tell(found, last=not self._servers)
        if self._servers:
            self._spawn(self._gather_servers())
        else:
            self._own_ended()

    async def _gather_servers(self) -> None:
        await self.transport.gather_servers(
            self._servers, lambda found: self._tell(found, last=False), relay_only=self._relay_only
        )
        self._tell([], last=True)
        self._own_ended()

    def _own_ended(self) -> None:
        self._own_last.set()
        self._maybe_end()

    def _tell(self, found: list[str], *, last: bool) -> None:
        if not self._closing:
            candidates = tuple(Candidate(candidate=_PREFIX + text, mid=self._mid, line=self._line) for text in found)
            self._listener.gathered(self, candidates[:MAX_CANDIDATES], last)

    def _maybe_end(self) -> None:
        if self._remote_last and self._own_last.is_set():
            self._spawn(self._end_candidates())

    async def _end_candidates(self) -> None:
        others = self._tasks - {asyncio.current_task()}
        named = [task for task in others if getattr(task.get_coro(), "__name__", "") == "add_candidate"]
        await asyncio.gather(*named, return_exceptions=True)
        await self.transport.end_candidates()

    def _state_changed(self) -> None:
        match self.transport.state:
            case "connected":
                if self.flow is not None and not self._closing:
                    self.flow.start()
            case "failed":
                self._break()
            case "closed":
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
        count, heard_at_s = self.transport.packets_received, time.monotonic()
        while True:
            await asyncio.sleep(POLL_S)
            now_s = time.monotonic()
            if self.transport.packets_received != count:
                count, heard_at_s = self.transport.packets_received, now_s
                if self._quiet:
                    self._quiet = False
                    self._listener.heard(self)
            elif not self._quiet and now_s - heard_at_s > LOST_AFTER_S:
                self._quiet = True
                self._listener.quiet(self)
