"""The media of one call, over as many transports as it takes (`call.ports.MediaSession`, structurally)."""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Protocol

from vidphone.media.plumbing import AudioBlock, AudioSink, VideoBlock, VideoSink
from vidphone.media.rtc import adapter, description
from vidphone.media.rtc.figures import Figures
from vidphone.media.rtc.generation import MAX_REMOTE_CANDIDATES, Generation
from vidphone.media.stats import CallStats
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.http import IceServer
from vidphone.wire.signaling import Candidate

log = logging.getLogger(__name__)

OVERLAP_S = 1.0
"""An old transport is closed so long after a new one has taken over: the other side may notice later than we."""
MAX_EARLY_GENERATIONS = 4


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
    """What one transport decodes goes out while the session says so."""

    def __init__(self, session: "RtcSession", number: int) -> None:
        self._session = session
        self._number = number

    def audio(self, block: AudioBlock) -> None:
        """Sound of that transport, on the loop."""
        self._session.heard_audio(self._number, block)

    def video(self, block: VideoBlock) -> None:
        """A picture of that transport, on its decoder's thread."""
        self._session.seen_video(self._number, block)


class RtcSession:
    """Made and used on the loop, but for its two sinks `audio` and `video`, which take microphone and camera.

    `changed` is called whenever `sending_microphone`, `sending_camera`, `playing` or `closed` may have changed.
    """

    def __init__(
        self, call: str, listener: SessionListener, *, servers: Sequence[IceServer], speaker: AudioSink,
        viewer: VideoSink, send_video: bool, changed: Callable[["RtcSession"], None],
    ) -> None:  # fmt: skip
        self.call = call
        self.closed = False
        self.sending_microphone, self.sending_camera, self.playing = True, send_video, True
        self._listener = listener
        self._servers = tuple(servers)
        self._speaker, self._viewer = speaker, viewer
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._certificate = adapter.new_certificate()
        self._local_fingerprint = adapter.fingerprint(self._certificate)
        self._remote_fingerprint = ""
        self._generations: dict[int, Generation] = {}
        self._active = -1
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
        candidate = active.peer.local_candidate if active else None
        return candidate.host if candidate is not None and candidate.type == "host" else None

    async def create_offer(self, generation: int) -> str:
        """As the port says; empty once closed."""
        if self.closed:
            return ""
        made = self._begin(generation)
        sdp = await made.offer()
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
        read = self._read(sdp)
        made = self._begin(generation)
        try:
            answer = await made.take_offer(read)
        except VidphoneError:
            self._drop(made)
            raise
        self._remote_fingerprint = read.fingerprint
        self._feed_early(made)
        return answer

    async def accept_answer(self, generation: int, sdp: str) -> None:
        """As the port says; an answer to an offer that is not the newest is ignored. Raises as `accept_offer`."""
        made = self._generations.get(generation)
        if self.closed or made is None or generation != self._newest:
            return
        read = self._read(sdp)
        await made.take_answer(read)
        self._remote_fingerprint = read.fingerprint

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
        camera_returns = camera and not hold and not self.sending_camera
        self.sending_microphone, self.sending_camera = microphone and not hold, camera and not hold
        self.playing = not hold
        for generation in self._generations.values():
            if camera_returns:
                generation.video_out.request_keyframe()
            elif not self.sending_camera:
                generation.video_out.forget()
        self._changed(self)

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
        """Sound of the microphone, from any thread."""
        if self.sending_microphone:
            for generation in tuple(self._generations.values()):
                generation.audio_out.audio(block)

    def video(self, block: VideoBlock) -> None:
        """A picture of the camera, from any thread."""
        if self.sending_camera:
            for generation in tuple(self._generations.values()):
                generation.video_out.video(block)

    async def stats(self) -> CallStats:
        """The call in figures, without what the viewer counts."""
        active = self._generations.get(self._active)
        return await self._figures.of(self.call, active)

    # What the gates bring.

    def heard_audio(self, number: int, block: AudioBlock) -> None:
        """Play it, if this transport is the one in use."""
        if number == self._active and self.playing and not self.closed:
            self._figures.played(block.made_at_s)
            self._speaker.audio(block)

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

    def gathered(self, generation: Generation, candidates: tuple[Candidate, ...], last: bool) -> None:
        """Pass own candidates on."""
        if not self.closed:
            self._listener.candidates(generation.number, candidates, last)

    def carrying(self, generation: Generation) -> None:
        """Use this transport from now on, and close the older ones in a while."""
        if self.closed or generation.number < self._active:
            return
        self._active = generation.number
        self._listener.connected(generation.number)
        for old in list(self._generations.values()):
            if old.number < generation.number:
                old.retire()
                self._drop(old, after_s=OVERLAP_S)

    def quiet(self, generation: Generation) -> None:
        """The transport in use is silent."""
        if generation.number == self._active and not self.closed:
            self._listener.lost()

    def heard(self, generation: Generation) -> None:
        """It is heard again."""
        if generation.number == self._active and not self.closed:
            self._listener.recovered()

    def broken(self, generation: Generation) -> None:
        """A transport is of no use; that of one already replaced is no news."""
        if generation.number >= self._active and not self.closed:
            self._listener.failed(generation.number)

    # Inside.

    def _read(self, sdp: str) -> description.Description:
        read = description.read(sdp)
        if self._remote_fingerprint not in ("", read.fingerprint):
            raise VidphoneError(ErrorCode.MALFORMED, {"detail": "sdp"})
        return read

    def _begin(self, number: int) -> Generation:
        for other in list(self._generations.values()):
            if other.number == number or other.number != self._active:  # an attempt that this one replaces
                self._drop(other)
        gate = _Gate(self, number)
        made = Generation(number, self._certificate, self._servers, listener=self, sound=gate, picture=gate)
        self._generations[number] = made
        self._newest = number
        return made

    def _feed_early(self, generation: Generation) -> None:
        texts, last = self._early.pop(generation.number, ([], False))
        generation.add_candidates(texts, last=last)

    def _drop(self, generation: Generation, after_s: float = 0.0) -> None:
        """Close a transport in the background."""
        if self._generations.get(generation.number) is generation:
            del self._generations[generation.number]
        task = self._loop.create_task(self._close_later(generation, after_s))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _close_later(self, generation: Generation, after_s: float) -> None:
        if after_s and not self.closed:
            await asyncio.sleep(after_s)
        await generation.close()
