"""The way to the hub, and a hub for two phones, without a network (`call.ports.Signaling`)."""

from collections.abc import Callable
from typing import TypeVar

from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import CallMessage, Propose, Reject, Standing

M = TypeVar("M", bound=CallMessage)


class FakeSignaling:
    """Keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[CallMessage] = []

    def send(self, message: CallMessage) -> None:
        self.sent.append(message)

    def take(self, kind: type[M]) -> list[M]:
        """The messages of a kind that were sent, in order; they are forgotten here."""
        taken: list[M] = [message for message in self.sent if isinstance(message, kind)]
        self.sent = [message for message in self.sent if not isinstance(message, kind)]
        return taken


Deliver = Callable[[CallMessage | Standing], None]


class FakeHub:
    """Hands the messages of two numbers to each other, in order and once, also over a lost link.

    It decides glare as the real hub does: the proposal that came in first wins.
    """

    def __init__(self) -> None:
        self._deliver: dict[str, Deliver] = {}
        self._up: dict[str, bool] = {}
        self._to_hub: dict[str, list[CallMessage]] = {}
        self._to_phone: dict[str, list[CallMessage]] = {}
        self._ringing: dict[str, tuple[str, str]] = {}  # call: caller and callee

    def attach(self, number: str, deliver: Deliver) -> None:
        self._deliver[number] = deliver
        self._up[number] = True
        self._to_hub[number], self._to_phone[number] = [], []

    def set_link(self, number: str, *, up: bool) -> bool:
        """The link of a number comes or goes; True: with the session it had."""
        self._up[number] = up
        return True

    def deadline(self) -> float | None:
        """This hub gives up nothing."""
        return None

    def tick(self) -> None:
        """Nothing is ever due."""

    def send(self, sender: str, message: CallMessage) -> None:
        self._to_hub[sender].append(message)

    def pump(self) -> bool:
        """Carry one message one step further; False if nothing can move."""
        for number, up in self._up.items():
            if up and self._to_phone[number]:
                self._deliver[number](self._to_phone[number].pop(0))
                return True
            if up and self._to_hub[number]:
                self._route(number, self._to_hub[number].pop(0))
                return True
        return False

    def _route(self, sender: str, message: CallMessage) -> None:
        other = next(number for number in self._deliver if number != sender)
        if isinstance(message, Propose):
            winner = next((call for call, parties in self._ringing.items() if parties == (other, sender)), None)
            if winner is not None:
                reject = Reject(call=message.call, reason=EndReason.GLARE, winner=winner)
                self._to_phone[sender].append(reject)
                return
            self._ringing[message.call] = (sender, other)
            message = message.model_copy(update={"caller": sender})
        elif message.type in {"accept", "reject", "retract"}:
            self._ringing.pop(message.call, None)
        self._to_phone[other].append(message)
