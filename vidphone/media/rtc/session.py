"""The media of one call, over as many transports as it takes (`call.ports.MediaSession`, structurally)."""

import asyncio
import contextlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from vidphone.media.codec.choose import PREFERENCE
from vidphone.media.flow.figures import Figures
from vidphone.media.flow.flow import Flow
from vidphone.media.plan import SessionPlan
from vidphone.media.plumbing import BLOCK_SAMPLES, AudioBlock, Samples, VideoBlock, VideoSink
from vidphone.media.rtc import adapter
from vidphone.media.rtc.generation import MAX_REMOTE_CANDIDATES, Generation
from vidphone.media.rtc.sdp import text
from vidphone.media.rtc.sdp.agreement import RemoteTransport, remote_transport
from vidphone.media.rtc.sdp.model import Description
from vidphone.media.rtc.transport import Transport
from vidphone.media.stats import CallStats
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.http import IceServer
from vidphone.wire.signaling import Candidate

log = logging.getLogger(__name__)

OVERLAP_S = 1.0
"""An old transport is closed so long after a new one has taken over: the other side may notice later than we."""
MAX_EARLY_GENERATIONS = 4
_SILENCE = np.zeros(BLOCK_SAMPLES, np.int16)


class SessionListener(Protocol):
    """What a session tells its call, on the loop (`call.ports.MediaListener`, structurally)."""

    def candidates(self, generation: int, candidates: tuple[Candidate, ...], last: bool) -> None:
        """Own candidates."""

    def connected(self, generation: int) -> None:
        """Media flows."""

    def lost(self) -> None:
        """Nothing comes any more."""

    def recovered(self) -> None:
        """It comes again."""

    def failed(self, generation: int) -> None:
        """A transport is of no use."""

    def first_frame(self) -> None:
        """The first remote picture was handed to the viewer."""


class _Gate:
    """What one transport decodes is shown while the session says so."""

    def __init__(self, session: "RtcSession", number: int) -> None:
        self._session = session
        self._number = number

    def video(self, block: VideoBlock) -> None:
        """A picture of that transport, on its decoder's thread."""
        self._session.seen_video(self._number, block)


class RtcSession:
    """Made and used on the loop, but for its two sinks `audio` and `video`, which take microphone and camera, and for
    `take`, from which the player pulls the other side's sound.

    `changed` is called whenever `sending_microphone`, `sending_camera`, `playing` or `closed` may have changed.
    """

    def __init__(
        self, call: str, listener: SessionListener, *, servers: Sequence[IceServer], viewer: VideoSink,
        send_video: bool, changed: Callable[["RtcSession"], None], codecs: Sequence[str] = PREFERENCE,
        trouble: Callable[[ErrorCode], None] = lambda _: None, relay_only: bool = False,
    ) -> None:  # fmt: skip
        self.call = call
        self.closed = False
        self.sending_microphone, self.sending_camera, self.playing = True, send_video, True
        self._listener = listener
        self._servers = tuple(servers)
        self._relay_only = relay_only
        self._viewer = viewer
        self._changed = changed
        self._trouble = trouble
        self._troubled = False
        self.shown: tuple[int, int] | None = None
        self._still = False
        self._codecs = tuple(codecs)
        self._loop = asyncio.get_running_loop()
        self._certificate = adapter.new_certificate()
        self._local_fingerprint = adapter.fingerprint(self._certificate)
        self._remote_fingerprint = ""
        self._generations: dict[int, Generation[Flow]] = {}
        self._active = -1
        self._sounding: Generation[Flow] | None = None
        self._newest = -1
        self._early: OrderedDict[int, tuple[list[str], bool]] = OrderedDict()
        self._frame_seen = False
        self._closing: set[asyncio.Task[None]] = set()
        self._figures = Figures()

    @property
    def local_fingerprint(self) -> str:
        """SHA-256 fingerprint of our certificate."""
        return self._local_fingerprint

    @property
    def remote_fingerprint(self) -> str:
        """The other side's, once its first description was taken."""
        return self._remote_fingerprint

    @property
    def local_address(self) -> str | None:
        """The address of this machine that the transport in use sends from, where it is known."""
        active = self._generations.get(self._active)
        candidate = active.transport.local_candidate if active else None
        return candidate.host if candidate is not None and candidate.type == "host" else None

    async def create_offer(self, generation: int) -> str:
        """As the port says; empty once closed."""
        if self.closed:
            return ""
        made = self._begin(generation)
        sdp = made.offer()
        self._feed_early(made)
        return sdp

    async def accept_offer(self, generation: int, sdp: str) -> str:
        """As the port says; empty once closed.

        Raises:
            VidphoneError: `MALFORMED`, also where another key than the first is offered; `OUT_OF_ORDER` for an
                older generation than the newest.
        """
        if self.closed:
            return ""
        if generation < self._newest:
            raise VidphoneError(ErrorCode.OUT_OF_ORDER, {"expected": self._newest + 1})
        description, remote = self._read(sdp, offered=True)
        made = self._begin(generation)
        try:
            answer = made.take_offer(description, remote)
        except VidphoneError:
            self._drop(made)
            raise
        self._remote_fingerprint = remote.fingerprint
        self._feed_early(made)
        return answer

    async def accept_answer(self, generation: int, sdp: str) -> None:
        """As the port says; an answer to an offer that is not the newest is ignored. Raises as `accept_offer`."""
        made = self._generations.get(generation)
        if self.closed or made is None or generation != self._newest:
            return
        description, remote = self._read(sdp, offered=False)
        made.take_answer(description, remote)
        self._remote_fingerprint = remote.fingerprint

    async def complete_description(self, generation: int) -> str:
        """Our offer or answer with all our candidates in it, once they are gathered; empty where there is none.

        For peers that take no candidates by another way; waits for servers that do not answer (`gathering.SERVER_S`).
        """
        made = self._generations.get(generation)
        return "" if made is None else await made.complete_description()

    async def add_candidates(self, generation: int, candidates: tuple[Candidate, ...], last: bool) -> None:
        """As the port says; those of a generation to come are kept."""
        if self.closed or generation < self._newest:
            return
        texts = [candidate.candidate for candidate in candidates]
        if made := self._generations.get(generation):
            made.add_candidates(texts, last=last)
            return
        kept, was_last = self._early.pop(generation, ([], False))
        self._early[generation] = ((kept + texts)[:MAX_REMOTE_CANDIDATES], was_last or last)
        while len(self._early) > MAX_EARLY_GENERATIONS:
            self._early.popitem(last=False)

    def set_sending(self, *, microphone: bool, camera: bool, hold: bool) -> None:
        """As the port says."""
        self.sending_microphone, self.sending_camera = microphone and not hold, camera and not hold
        self.playing = not hold
        if not self.sending_camera:
            self._forget_pictures()
        self._changed(self)

    def set_shown(self, shown: tuple[int, int] | None) -> None:
        """In what box, in pixels of the screen, the other side's picture is shown: it needs to be no larger.

        (0, 0): nobody looks, and little is sent; None, as at first: not known.
        """
        if shown != self.shown:
            self.shown = shown
            for flow in self._flows():
                flow.set_shown(shown)

    def set_content(self, *, still: bool) -> None:
        """Whether our pictures are of a screen: they stay sharp at full size then, and fewer are sent."""
        self._still = still
        for flow in self._flows():
            flow.set_content(still=still)

    async def close(self) -> None:
        """As the port says."""
        if not self.closed:
            self.closed = True
            self._changed(self)
        for generation in list(self._generations.values()):
            self._drop(generation)
        while self._closing:
            await asyncio.gather(*self._closing, return_exceptions=True)

    def audio(self, block: AudioBlock) -> None:
        """Sound of the microphone, from any thread; silence goes out in its place while it is off."""
        if not self.sending_microphone:
            block = AudioBlock(_SILENCE, block.made_at_s)
        for flow in self._flows():
            flow.audio(block)

    def video(self, block: VideoBlock) -> None:
        """A picture of the camera, from any thread; dropped while it is off."""
        if self.sending_camera:
            for flow in self._flows():
                flow.video(block)
        if not self.sending_camera:  # perhaps since this very moment
            self._forget_pictures()

    def _forget_pictures(self) -> None:
        for flow in self._flows():
            flow.forget_picture()

    def take(self, count: int) -> Samples | None:
        """The other side's next samples, for the player's thread; None where there are none, and on hold.

        A new transport is heard from its first sample on, the one before it until then.
        """
        if not self.playing or self.closed:
            return None
        active, before = self._generations.get(self._active), self._sounding
        samples = active.flow.take(count) if active is not None and active.flow is not None else None
        if samples is not None:
            self._sounding = active
        elif before is not None and before is not active and before.flow is not None:
            samples = before.flow.take(count)
        return samples

    async def stats(self) -> CallStats:
        """The call in figures, without what the viewer counts."""
        active = self._generations.get(self._active)
        candidate = active.transport.local_candidate if active else None
        return self._figures.of(
            self.call, active.flow if active else None, time.monotonic(), candidate.type if candidate else ""
        )

    # What the gates bring.

    def seen_video(self, number: int, block: VideoBlock) -> None:
        """Show it, if this transport is the one in use. On the decoder's thread."""
        if number != self._active or not self.playing or self.closed:
            return
        self._viewer.video(block)
        if not self._frame_seen:
            self._frame_seen = True
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._first_frame)

    def _first_frame(self) -> None:
        if not self.closed:
            self._listener.first_frame()

    # What the transports say.

    def gathered(self, generation: Generation[Any], candidates: tuple[Candidate, ...], last: bool) -> None:
        """Pass own candidates on."""
        if not self.closed:
            self._listener.candidates(generation.number, candidates, last)

    def carrying(self, generation: Generation[Any]) -> None:
        """Use this transport from now on, and close the older ones in a while."""
        if self.closed or generation.number < self._active:
            return
        self._active = generation.number
        self._listener.connected(generation.number)
        for old in list(self._generations.values()):
            if old.number < generation.number:
                old.retire()
                self._drop(old, after_s=OVERLAP_S)

    def quiet(self, generation: Generation[Any]) -> None:
        """The transport in use is silent."""
        if generation.number == self._active and not self.closed:
            self._listener.lost()

    def heard(self, generation: Generation[Any]) -> None:
        """It is heard again."""
        if generation.number == self._active and not self.closed:
            self._listener.recovered()

    def broken(self, generation: Generation[Any]) -> None:
        """A transport is of no use; that of one already replaced is no news."""
        if generation.number >= self._active and not self.closed:
            self._listener.failed(generation.number)

    # Inside.

    def _read(self, sdp: str, *, offered: bool) -> tuple[Description, RemoteTransport]:
        description = text.read(sdp)
        remote = remote_transport(description, offered=offered)
        if self._remote_fingerprint not in ("", remote.fingerprint):
            raise VidphoneError(ErrorCode.MALFORMED, {"detail": "sdp"})
        return description, remote

    def _begin(self, number: int) -> Generation[Flow]:
        for other in list(self._generations.values()):
            if other.number == number or other.number != self._active:  # an attempt that this one replaces
                self._drop(other)
        gate = _Gate(self, number)

        def make_flow(plan: SessionPlan, transport: Transport, first_packet: Callable[[], None]) -> Flow:
            flow = Flow(plan, transport, picture=gate, first_packet=first_packet, video_failed=self._video_failed)
            flow.set_shown(self.shown)
            flow.set_content(still=self._still)
            return flow

        made = Generation(
            number, self._certificate, self._servers, codecs=self._codecs, listener=self, make_flow=make_flow,
            relay_only=self._relay_only,
        )  # fmt: skip
        self._generations[number] = made
        self._newest = number
        return made

    def _flows(self) -> list[Flow]:
        return [made.flow for made in tuple(self._generations.values()) if made.flow is not None]

    def _video_failed(self) -> None:
        if not self.closed and not self._troubled:
            self._troubled = True
            self._trouble(ErrorCode.PICTURE_NOT_SENT)

    def _feed_early(self, generation: Generation[Flow]) -> None:
        texts, last = self._early.pop(generation.number, ([], False))
        generation.add_candidates(texts, last=last)

    def _drop(self, generation: Generation[Flow], after_s: float = 0.0) -> None:
        """Close a transport in the background."""
        if self._generations.get(generation.number) is generation:
            del self._generations[generation.number]
        task = self._loop.create_task(self._close_later(generation, after_s))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _close_later(self, generation: Generation[Flow], after_s: float) -> None:
        if after_s and not self.closed:
            await asyncio.sleep(after_s)
        if self._sounding is generation:
            self._sounding = None
        await generation.close()
