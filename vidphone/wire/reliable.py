"""Messages that survive a lost connection: numbered, acknowledged, kept until then. Pure.

Both ends hold one `ReliableLink` a session. Each numbers what it sends from 1 and keeps it until the other end
says it has it; after a new connection each says the last number it received (`hello`, `welcome`) and sends the rest
again. The idea is that of XEP-0198, stream management.
"""

from collections import deque
from enum import Enum

from vidphone.wire.signaling import CallMessage, Message, Standing

MAX_UNACKNOWLEDGED = 512
"""More than that means the other end has stopped listening: the session is given up."""


class LinkOverflow(Exception):
    """The other end acknowledges nothing any more."""


class Verdict(Enum):
    """What to do with a message that came in."""

    DELIVER = "deliver"
    DUPLICATE = "duplicate"
    GAP = "gap"


class ReliableLink:
    """One end's books of a session."""

    def __init__(self) -> None:
        self.received = 0
        self._sent = 0
        self._acknowledged = 0
        self._unacknowledged: deque[Message] = deque()

    def send(self, body: CallMessage | Standing) -> Message:
        """Number a message and keep it.

        Raises:
            LinkOverflow: `MAX_UNACKNOWLEDGED` messages are waiting already.
        """
        if len(self._unacknowledged) >= MAX_UNACKNOWLEDGED:
            raise LinkOverflow
        self._sent += 1
        message = Message(seq=self._sent, ack=self.received, body=body)
        self._unacknowledged.append(message)
        return message

    def receive(self, message: Message) -> Verdict:
        """Book a message that came in; only `DELIVER` is to be acted upon."""
        self.acknowledge(message.ack)
        return self.book(message.seq)

    def book(self, seq: int) -> Verdict:
        """Book the number of a message that came in, whatever it carries."""
        if seq <= self.received:
            return Verdict.DUPLICATE
        if seq != self.received + 1:
            return Verdict.GAP
        self.received = seq
        return Verdict.DELIVER

    def acknowledge(self, ack: int) -> tuple[CallMessage | Standing, ...]:
        """Forget what the other end has, and return what that was, in order."""
        forgotten = []
        while self._unacknowledged and self._unacknowledged[0].seq <= ack:
            message = self._unacknowledged.popleft()
            self._acknowledged = message.seq
            forgotten.append(message.body)
        return tuple(forgotten)

    def waiting(self) -> tuple[CallMessage | Standing, ...]:
        """What the other end may not have, in order."""
        return tuple(message.body for message in self._unacknowledged)

    def can_resume(self, ack: int) -> bool:
        """Whether the other end, saying `ack` after a new connection, keeps the same books as this one."""
        return self._acknowledged <= ack <= self._sent

    def resend(self, ack: int) -> list[Message]:
        """After a new connection on which the other end said `ack`: what to send again, in order."""
        self.acknowledge(ack)
        return [message.model_copy(update={"ack": self.received}) for message in self._unacknowledged]

    def renumber(self) -> list[Message]:
        """After the other end lost its books: begin at 1 and send again what it may not have acted upon."""
        waiting = self.waiting()
        self.received = self._sent = self._acknowledged = 0
        self._unacknowledged.clear()
        return [self.send(body) for body in waiting]
