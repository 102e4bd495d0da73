"""The desk drives the calls of one phone: it carries out through ports what the switchboard decides.

Everything happens on one asyncio loop. All methods but `close` return at once; what they bring about reaches the
listener as snapshots. A listener may call the desk: what that asks for comes after what is being carried out.
"""

import asyncio
import secrets
import uuid
from collections import deque

from vidphone.call import effects as fx
from vidphone.call.driver import MediaDriver
from vidphone.call.effects import Effect
from vidphone.call.ports import Clock, DeskListener, MediaFactory, Signaling, Timer
from vidphone.call.switchboard import Switchboard
from vidphone.call.view import CallView, CallWaiting
from vidphone.wire.signaling import CallMessage, Standing


class CallDesk:
    """All calls of one phone. An empty `call` means the obvious one; the methods' errors are the switchboard's."""

    def __init__(self, signaling: Signaling, media: MediaFactory, clock: Clock, listener: DeskListener) -> None:
        self._signaling = signaling
        self._media = media
        self._clock = clock
        self._listener = listener
        self._switchboard = Switchboard()
        self._drivers: dict[str, MediaDriver] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._todo: deque[Effect] = deque()
        self._busy = False
        self._timer: Timer | None = None
        self._timer_at: float | None = None

    @property
    def views(self) -> tuple[CallView, ...]:
        """All calls that are not over, in the order in which they came."""
        return self._switchboard.views

    # The user.

    def dial(self, number: str, video: bool) -> str:
        """Call a number and return the call's id.

        Raises:
            VidphoneError: `BAD_NUMBER`; `IN_A_CALL` unless all other calls are held.
        """
        call = uuid.uuid4().hex
        self._do(self._switchboard.dial(call, number, video=video, nonce=_nonce(), now=self._clock.now()))
        return call

    def answer(self, call: str, video: bool, active_call: CallWaiting = CallWaiting.HOLD) -> None:
        """Answer the incoming call with or without video; hold or end the active one.

        Raises:
            VidphoneError: `NO_SUCH_CALL`, `NOT_POSSIBLE_NOW`.
        """
        now = self._clock.now()
        self._do(self._switchboard.answer(call, video=video, nonce=_nonce(), now=now, active_call=active_call))

    def decline(self, call: str = "") -> None:
        """Refuse the incoming call. Raises as `answer`."""
        self._do(self._switchboard.decline(call, now=self._clock.now()))

    def hang_up(self, call: str = "") -> None:
        """End a call, in whatever state it is. Here it takes effect at once, with the link up or down.

        Raises:
            VidphoneError: `NO_SUCH_CALL`.
        """
        self._do(self._switchboard.hang_up(call, now=self._clock.now()))

    def hold(self, call: str, on: bool) -> None:
        """Hold a call, or resume it; resuming one holds the other.

        Raises:
            VidphoneError: `NO_SUCH_CALL`; `NOT_POSSIBLE_NOW`, it is not answered; `IN_A_CALL`, the other one is not.
        """
        self._do(self._switchboard.hold(call, on=on, now=self._clock.now()))

    def set_microphone(self, on: bool) -> None:
        """Switch the microphone in all calls, also in those to come."""
        self._do(self._switchboard.set_microphone(on=on, now=self._clock.now()))

    def set_camera(self, on: bool) -> None:
        """Switch the camera in all calls; calls to come begin as they are dialled or answered."""
        self._do(self._switchboard.set_camera(on=on, now=self._clock.now()))

    def set_camera_works(self, on: bool) -> None:
        """The own camera failed, or works again: the other sides are told; what the user chose stays."""
        self._do(self._switchboard.set_camera_works(on=on, now=self._clock.now()))

    def dtmf(self, call: str, digits: str) -> None:
        """Press keys in a call.

        Raises:
            VidphoneError: `NO_SUCH_CALL`; `NOT_POSSIBLE_NOW`, it is not connected; `BAD_COMMAND`, no such keys.
        """
        self._do(self._switchboard.dtmf(call, digits, now=self._clock.now()))

    def set_recording(self, call: str, on: bool) -> None:
        """Tell the other side that this side records, or does no more (clause 10).

        Raises:
            VidphoneError: `NO_SUCH_CALL`; `NOT_POSSIBLE_NOW`, it is not connected.
        """
        self._do(self._switchboard.set_recording(call, on=on, now=self._clock.now()))

    # The link and the network.

    def receive(self, body: CallMessage | Standing) -> None:
        """Take a message of the hub."""
        self._do(self._switchboard.receive(body, now=self._clock.now()))

    def link_up(self, resumed: bool) -> None:
        """The signaling link is up. `resumed`: with the session it had before."""
        self._do(self._switchboard.set_link(up=True, resumed=resumed, now=self._clock.now()))

    def link_down(self) -> None:
        """The signaling link is down. Calls go on."""
        self._do(self._switchboard.set_link(up=False, now=self._clock.now()))

    def network_changed(self) -> None:
        """The machine's addresses or routes changed: give every call a new transport, beside the one it has."""
        self._do(self._switchboard.network_changed(now=self._clock.now()))

    async def close(self) -> None:
        """Hang up everything and free it; the messages are queued in the link, which is to be closed after this."""
        while self.views:
            self.hang_up(self.views[0].call)
        if self._closing:
            await asyncio.wait(self._closing)

    # Inside.

    def _media_happened(self, call: str, event: object) -> None:
        self._do(self._switchboard.media(call, event, now=self._clock.now()))

    def _tick(self) -> None:
        self._timer = self._timer_at = None
        self._do(self._switchboard.tick(now=self._clock.now()))

    def _do(self, effects: list[Effect]) -> None:
        self._todo.extend(effects)
        if self._busy:
            return  # whoever carries out effects further up the stack carries these out too
        self._busy = True
        try:
            while self._todo:
                self._carry_out(self._todo.popleft())
        finally:
            self._busy = False
            self._set_timer()

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case fx.Send(message=message):
                self._signaling.send(message)
            case fx.Report(view=view):
                self._listener.changed(view)
            case fx.ReportKeys(call=call, digits=digits):
                self._listener.dtmf(call, digits)
            case fx.ReportCharge(call=call, charge=charge):
                self._listener.charged(call, charge)
            case fx.CloseMedia(call=call):
                if (driver := self._drivers.pop(call, None)) is not None:
                    task = asyncio.create_task(driver.close(), name="call-media-close")
                    self._closing.add(task)
                    task.add_done_callback(self._closing.discard)
            case fx.OpenMedia(call=call):
                self._drivers[call] = MediaDriver(call, self._media, self._media_happened)
                self._drivers[call].perform(effect)
            case _:
                if (driver := self._drivers.get(effect.call)) is not None:
                    driver.perform(effect)

    def _set_timer(self) -> None:
        deadline = self._switchboard.deadline
        if deadline == self._timer_at:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = deadline
        self._timer = None if deadline is None else self._clock.call_at(deadline, self._tick)


def _nonce() -> str:
    return secrets.token_hex(16)
