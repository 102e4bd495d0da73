"""All that calls need from outside."""

from typing import Protocol

from vidphone.call.charge import Charge
from vidphone.call.view import CallView
from vidphone.wire.signaling import CallMessage, Candidate


class Signaling(Protocol):
    """The way to the hub."""

    def send(self, message: CallMessage) -> None:
        """Queue a message; it is delivered once, in order, across lost connections of up to `RESUME_S`."""


class MediaListener(Protocol):
    """What a media session tells its call. Called on the engine's loop."""

    def candidates(self, generation: int, candidates: tuple[Candidate, ...], last: bool) -> None:
        """Local candidates of a transport were gathered."""

    def connected(self, generation: int) -> None:
        """The transport of that generation carries media: DTLS done and the first packet received."""

    def lost(self) -> None:
        """Nothing was received for `media.rtc.LOST_AFTER_S` on a transport that had carried media."""

    def recovered(self) -> None:
        """Packets arrive again on the same transport."""

    def failed(self, generation: int) -> None:
        """The transport of that generation cannot be set up, or is closed for good."""

    def first_frame(self) -> None:
        """The first remote picture of the call was handed to the viewer."""


class MediaSession(Protocol):
    """The media of one call; it lives through several transports, counted as generations from 0."""

    @property
    def local_fingerprint(self) -> str:
        """SHA-256 fingerprint of our DTLS certificate, the same for all generations: `AB:CD:…`."""

    @property
    def remote_fingerprint(self) -> str:
        """The other side's, from its first description; empty before that."""

    async def create_offer(self, generation: int) -> str:
        """SDP of a new transport; candidates follow through the listener."""

    async def accept_offer(self, generation: int, sdp: str) -> str:
        """Take the other side's offer and return our answer.

        Raises:
            VidphoneError: `MALFORMED` where the description cannot be used, or its fingerprint is not
                the one of the call's first description.
        """

    async def accept_answer(self, generation: int, sdp: str) -> None:
        """Take the other side's answer. Raises as `accept_offer`."""

    async def add_candidates(self, generation: int, candidates: tuple[Candidate, ...], last: bool) -> None:
        """Candidates of the other side; those of an older generation are ignored."""

    def set_sending(self, *, microphone: bool, camera: bool, hold: bool) -> None:
        """What leaves this machine. On hold neither is sent and nothing of the other side is played."""

    async def close(self) -> None:
        """Stop everything and free it; further calls do nothing."""


class MediaFactory(Protocol):
    """Makes the media of calls."""

    def open(self, call: str, listener: MediaListener, *, send_video: bool) -> MediaSession:
        """The media of a new call. Devices open by themselves; one that is missing does not prevent a call."""


class Timer(Protocol):
    """A deadline that can be taken back."""

    def cancel(self) -> None:
        """Take it back."""


class Clock(Protocol):
    """Time, as the engine's loop has it."""

    def now(self) -> float:
        """Monotonic seconds."""

    def call_at(self, when: float, callback: "Callback") -> Timer:
        """Call back at `when`, or at once if it has passed."""


class Callback(Protocol):
    """A function without arguments."""

    def __call__(self) -> None:
        """Call it."""


class DeskListener(Protocol):
    """What the desk tells the phone."""

    def changed(self, view: CallView) -> None:
        """Something of a call changed; an ended call is reported once more, with `state` ended, and never again."""

    def dtmf(self, call: str, digits: str) -> None:
        """The other side pressed keys."""

    def charged(self, call: str, charge: Charge) -> None:
        """What a call costs this side; the last one is settled, and may come after the call has ended."""
