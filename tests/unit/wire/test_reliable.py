import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.wire.reliable import MAX_UNACKNOWLEDGED, LinkOverflow, ReliableLink, Verdict
from vidphone.wire.signaling import Dtmf, Message

CALL = "0" * 32


def numbered(index: int) -> Dtmf:
    return Dtmf(call=CALL, digits=str(index))


class _Line:
    """Two ends and what is on the way between them; a cut loses all of that."""

    def __init__(self) -> None:
        self.ends = (ReliableLink(), ReliableLink())
        self.on_the_way: tuple[list[Message], list[Message]] = ([], [])
        self.heard: tuple[list[str], list[str]] = ([], [])
        self.said: tuple[list[str], list[str]] = ([], [])

    def send(self, end: int) -> None:
        body = numbered(len(self.said[end]))
        self.said[end].append(body.digits)
        self.on_the_way[end].append(self.ends[end].send(body))

    def arrive(self, end: int) -> None:
        """The other end hears the next message of `end`."""
        if self.on_the_way[end]:
            message = self.on_the_way[end].pop(0)
            verdict = self.ends[1 - end].receive(message)
            assert verdict is not Verdict.GAP
            if verdict is Verdict.DELIVER:
                assert isinstance(message.body, Dtmf)
                self.heard[end].append(message.body.digits)

    def cut(self) -> None:
        received = [end.received for end in self.ends]
        for end in (0, 1):
            assert self.ends[end].can_resume(received[1 - end])
            self.on_the_way[end][:] = self.ends[end].resend(received[1 - end])


@given(st.lists(st.sampled_from(["send 0", "send 1", "arrive 0", "arrive 1", "cut"]), max_size=120))
def test_cuts_lose_nothing_double_nothing_and_change_no_order(steps: list[str]) -> None:
    line = _Line()
    for step in [*steps, "cut"]:
        what, _, which = step.partition(" ")
        if what == "send":
            line.send(int(which))
        elif what == "arrive":
            line.arrive(int(which))
        else:
            line.cut()
    for end in (0, 1):
        while line.on_the_way[end]:
            line.arrive(end)
    assert line.heard == line.said


def test_message_that_skips_a_number_is_a_gap_and_is_not_booked() -> None:
    link = ReliableLink()
    assert link.receive(Message(seq=2, ack=0, body=numbered(1))) is Verdict.GAP
    assert link.receive(Message(seq=1, ack=0, body=numbered(0))) is Verdict.DELIVER
    assert link.receive(Message(seq=1, ack=0, body=numbered(0))) is Verdict.DUPLICATE


def test_acknowledged_messages_are_returned_once() -> None:
    link = ReliableLink()
    for index in range(3):
        link.send(numbered(index))
    assert link.acknowledge(2) == (numbered(0), numbered(1))
    assert link.acknowledge(2) == ()


def test_books_that_disagree_cannot_be_resumed() -> None:
    link = ReliableLink()
    for index in range(3):
        link.send(numbered(index))
    link.acknowledge(1)
    assert [link.can_resume(ack) for ack in range(5)] == [False, True, True, True, False]


def test_end_that_lost_its_books_gets_everything_renumbered() -> None:
    link = ReliableLink()
    for index in range(3):
        link.send(numbered(index))
    link.acknowledge(1)
    link.received = 7
    again = link.renumber()
    assert [(message.seq, message.ack) for message in again] == [(1, 0), (2, 0)]
    assert link.can_resume(0)


def test_end_that_hears_no_acknowledgement_gives_up() -> None:
    link = ReliableLink()
    for index in range(MAX_UNACKNOWLEDGED):
        link.send(numbered(index))
    with pytest.raises(LinkOverflow):
        link.send(numbered(0))
