"""Transport-wide feedback, from both ends: what the receiver tells, and what the sender makes of it.

After draft-holmer-rmcat-transport-wide-cc-extensions-01.
"""

from collections.abc import Sequence
from math import floor

from vidphone.media.rtp.packet import Unwrapper
from vidphone.media.rtp.transport_report import REFERENCE_UNIT_S, TransportFeedback, encoded_bytes

_SPAN = 1 << 13
"""Numbers below the highest that a message may still speak of: five seconds at 1600 packets/s."""
_REMEMBERED = 1 << 10
"""Numbers already told that are kept, for those that arrive after all."""
_MERGED_GAP = 16
"""Late packets this close are told in one message where all between them arrived: cheaper than a message's header."""
_FEEDBACK_SHARE = 0.05
_FEEDBACK_BYTES = 68
"""Mean size of a message with its UDP and IP headers, as libwebrtc assumes."""
_INTERVAL_LEAST_S, _INTERVAL_MOST_S = 0.03, 0.25


def feedback_interval_s(received_bps: float) -> float:
    """How often to send feedback for a stream of this rate: at most 5 % of it, every 30 to 250 ms."""
    if received_bps <= 0:
        return _INTERVAL_MOST_S
    return min(max(8 * _FEEDBACK_BYTES / (_FEEDBACK_SHARE * received_bps), _INTERVAL_LEAST_S), _INTERVAL_MOST_S)


class FeedbackBuilder:
    """The receiver's side: takes note of every packet that carries a transport number, and tells the sender.

    No packet is told twice as missing, because senders (libwebrtc's among them) would count it twice: one that arrives
    after it was told as missing goes into a message of its own. Received ones may be told twice: the draft would have
    them marked as missing then, but a sender that lost the first message would believe it. Memory is bounded whether or
    not messages are built.
    """

    def __init__(self, sender_ssrc: int, media_ssrc: int, limit_bytes: int = 1200) -> None:
        self.sender_ssrc = sender_ssrc
        self.media_ssrc = media_ssrc
        self._limit_bytes = limit_bytes
        self._unwrapper = Unwrapper(16)
        self._arrivals_s: dict[int, float] = {}
        self._late: list[int] = []
        self._next = self._oldest = self._highest = 0
        """First number not yet told, first that may be in `_arrivals_s`, highest that arrived."""
        self._begun = False
        self._count = 0

    def received(self, sequence: int, now_s: float) -> None:
        """A packet with this 16-bit transport number has arrived. Duplicates and very late ones are left out."""
        number = self._unwrapper.unwrap(sequence)
        if not self._begun:
            self._begun = True
            self._next = self._oldest = self._highest = number
        if number < self._next:
            if number < self._next - _REMEMBERED or number in self._arrivals_s:
                return
            self._late.append(number)
            self._oldest = min(self._oldest, number)
        elif number > self._highest:
            self._highest = number
            if number - self._next >= _SPAN:
                self._move_to(number - _SPAN + 1)
        self._arrivals_s.setdefault(number, now_s)

    def _move_to(self, number: int) -> None:
        """Let `number` be the first not yet told, and forget what lies far below it."""
        if number - self._next >= _SPAN:
            self._arrivals_s.clear()
            self._oldest = number
        self._next = number
        keep_from = number - _REMEMBERED
        while self._oldest < keep_from:
            self._arrivals_s.pop(self._oldest, None)
            self._oldest += 1
        self._late = [late for late in self._late if late >= self._oldest]

    def build(self) -> list[TransportFeedback]:
        """Messages on all that arrived since the last call and on the gaps between; none if nothing arrived."""
        spans: list[list[int]] = [[late, late] for late in sorted(self._late)]
        if self._begun and self._highest >= self._next:
            spans.append([self._next, self._highest])
        merged: list[list[int]] = []
        for first, last in spans:
            if merged and self._all_arrived(merged[-1][1] + 1, first):
                merged[-1][1] = last
            else:
                merged.append([first, last])
        built: list[TransportFeedback] = []
        for first, last in merged:
            self._add(built, first, [self._arrivals_s.get(number) for number in range(first, last + 1)])
        self._late.clear()
        if spans:
            self._move_to(max(self._next, self._highest + 1))
        return built

    def _all_arrived(self, first: int, after: int) -> bool:
        return after - first <= _MERGED_GAP and all(number in self._arrivals_s for number in range(first, after))

    def _add(self, built: list[TransportFeedback], first: int, arrivals_s: Sequence[float | None]) -> None:
        """Append the message on these packets, of which the last arrived; as halves where one message is too small."""
        arrived = [index for index, at_s in enumerate(arrivals_s) if at_s is not None]
        reference = floor((arrivals_s[arrived[0]] or 0.0) / REFERENCE_UNIT_S)
        relative = [None if at_s is None else at_s - reference * REFERENCE_UNIT_S for at_s in arrivals_s]
        if len(arrived) > 1 and not self._fits(relative):
            middle = arrived[(len(arrived) - 1) // 2] + 1
            self._add(built, first, arrivals_s[:middle])
            self._add(built, first + middle, arrivals_s[middle:])
            return
        numbers = (number & 0xFFFF for number in range(first, first + len(relative)))
        built.append(
            TransportFeedback(
                self.sender_ssrc,
                self.media_ssrc,
                first & 0xFFFF,
                self._count,
                reference & 0xFFFFFF,
                tuple(zip(numbers, relative, strict=True)),
            )
        )
        self._count = (self._count + 1) & 0xFF

    def _fits(self, relative_s: Sequence[float | None]) -> bool:
        try:
            size_bytes = encoded_bytes(relative_s)
        except ValueError:  # too far apart in time
            return False
        return size_bytes + -size_bytes % 4 <= self._limit_bytes


_WINDOW = 1 << 14
"""Numbers below the highest sent that feedback may still change."""
_UNKNOWN, _LOST, _RECEIVED = range(3)


class FeedbackReader:
    """The sender's side: gives feedback the numbers that the sender counts by, and one growing time base."""

    def __init__(self) -> None:
        self._times = Unwrapper(24)
        self._counts = Unwrapper(8)
        self._first_count: int | None = None
        self._highest_count = 0
        self._messages = 0
        self._states = bytearray(_WINDOW)
        self._highest_sent = -1

    @property
    def feedbacks_lost(self) -> int:
        """Messages that the receiver counted and that did not arrive here."""
        if self._first_count is None:
            return 0
        return max(self._highest_count - self._first_count + 1 - self._messages, 0)

    def read(self, feedback: TransportFeedback, highest_sent: int) -> list[tuple[int, float | None]]:
        """What is new in this message: number, and arrival in seconds of the receiver's clock or None if it is missing.

        `highest_sent` is the highest number sent so far, as the sender counts from 0; on the wire stand its low 16
        bits. A packet comes at most twice: as missing, and as received after all. Numbers that were never sent, or lie
        more than 16384 back, are left out.
        """
        self._take_count(feedback.feedback_count)
        self._forget_up_to(highest_sent)
        base_s = self._times.unwrap(feedback.reference_time) * REFERENCE_UNIT_S
        lowest = max(self._highest_sent - _WINDOW, -1)
        states = self._states
        told: list[tuple[int, float | None]] = []
        for sequence, arrival_s in feedback.packets:
            number = highest_sent - ((highest_sent - sequence) & 0xFFFF)
            if number <= lowest:
                continue
            place = number % _WINDOW
            if arrival_s is not None:
                if states[place] != _RECEIVED:
                    states[place] = _RECEIVED
                    told.append((number, base_s + arrival_s))
            elif states[place] == _UNKNOWN:
                states[place] = _LOST
                told.append((number, None))
        return told

    def _take_count(self, count: int) -> None:
        number = self._counts.unwrap(count)
        if self._first_count is None:
            self._first_count = self._highest_count = number
        self._highest_count = max(self._highest_count, number)
        self._messages += 1

    def _forget_up_to(self, highest_sent: int) -> None:
        new = highest_sent - self._highest_sent
        if new >= _WINDOW:
            self._states = bytearray(_WINDOW)
        else:
            for number in range(self._highest_sent + 1, highest_sent + 1):
                self._states[number % _WINDOW] = _UNKNOWN
        self._highest_sent = max(self._highest_sent, highest_sent)
