"""The buffer between the network and the player: in time, in order, and no later than it has to be. Pure.

In the manner of NetEQ (libwebrtc), with decisions of its own. The player pulls; each pull decodes what it needs:

- normal: the frame that follows is there;
- recovery: it is not, but a later packet holds it again (RED, in-band FEC);
- concealment: neither; after `NOISE_AFTER` it turns into background noise, after `GONE_AFTER` into nothing at all;
- resuming: frames that were given up come after all. The decoder is taken back to where it was. Where the target asks
  for more delay, or much would be lost, they are played, later; else what is left of them, at its time;
- stretching brings the delay to its target (`stretcher.py`).

Time is counted as in `delay_target.py`. The end of what is decoded bears the timestamp `_next`, and has the offset
`player's count - _next`; concealment moves `_next` on as if the sound had come.
"""

from typing import Protocol

import numpy as np

from vidphone.media.plumbing import SAMPLE_RATE_HZ, Samples
from vidphone.media.voice.counters import AudioCounters
from vidphone.media.voice.delay_target import DelayTarget
from vidphone.media.voice.frames import FrameBuffer, WaitingFrame
from vidphone.media.voice.noise import Background
from vidphone.media.voice.opus import GRAIN_SAMPLES, OpusError
from vidphone.media.voice.stretch import FADE, cross_fade, find_match
from vidphone.media.voice.stretcher import LOOKAHEAD, Stretcher

_MS = SAMPLE_RATE_HZ // 1000
NOISE_AFTER, _NOISE_FADE = 80 * _MS, 40 * _MS
GONE_AFTER = 5 * SAMPLE_RATE_HZ
_PAUSE = 120 * _MS
"""After so much without sound delay is set anew."""
_MAX_WAIT = 1000 * _MS
_SKIP_BEYOND = 500 * _MS
"""Delay above the target that is not played off but jumped over."""
_GIVE_UP = 20 * _MS
"""So much late speech may be left out to keep the delay."""
_OTHER_STREAM = 2 * SAMPLE_RATE_HZ
"""A frame that is so far from where the stream stands begins another one."""
_GUARD_S = 0.001
"""What came so short before a pull counts as late for the target: next time it may be."""
_STALL_S = 0.2
_TAIL = 2 * FADE
_SMOOTHING = 0.05


class Decoder(Protocol):
    """What is asked of Opus; every call may raise `OpusError`."""

    def decode(self, data: bytes) -> Samples:
        """The packet that follows."""

    def conceal(self, count: int) -> Samples:
        """Something for `count` samples."""

    def recover(self, following: bytes, count: int) -> Samples:
        """The frame before a packet out of that packet."""

    def save(self) -> bytes:
        """Its state."""

    def restore(self, state: bytes) -> None:
        """Go back to a state."""


class AudioBuffer:
    """One stream. `insert` and `take` belong to one thread at a time."""

    def __init__(self, decoder: Decoder, counters: AudioCounters) -> None:
        self._decoder = decoder
        self._counters = counters
        self._frames = FrameBuffer()
        self._arrived: list[WaitingFrame] = []
        self._background = Background()
        self._stretcher = Stretcher()
        self._target = DelayTarget()
        self._minimum = 0
        self._count = 0
        """Samples the player was given, or should have been while it stood still."""
        self._pull = 1
        self._stalled = False
        self._pulled_s: float | None = None
        self._due_s = 0.0
        self._ready: Samples = np.zeros(0, np.int16)
        self._next: int | None = None
        self._length = 0
        self._tail: Samples | None = None
        """What would have gone on: the next piece is blended in."""
        self._concealed = 0
        self._anchor = 0
        self._saved = b""
        self.delay_s = 0.0
        """Time from arrival to player, smoothed."""
        self.fresh = False
        """Whether the last pull gave sound that was received."""
        self.given: int | None = None
        """The timestamp of the first sample that the last pull gave."""

    def set_minimum_delay(self, seconds: float) -> None:
        """Play no sooner than that after the arrival of the quickest frames."""
        self._minimum = round(seconds * SAMPLE_RATE_HZ)

    def insert(self, frame: WaitingFrame) -> None:
        """A frame came."""
        self._arrived.append(frame)

    def reset(self) -> None:
        """Another stream begins."""
        self._frames.clear()
        self._target = DelayTarget()
        self._next = None
        self._ready = self._ready[:0]
        self._tail = None
        self._concealed = 0

    @property
    def target_s(self) -> float:
        """How long the quickest frames are to wait; 0 before any came."""
        return max(self._wanted() - self._target.quickest, 0) / SAMPLE_RATE_HZ if self._target.known else 0.0

    def take(self, count: int, now_s: float) -> Samples | None:
        """The next `count` samples; None where there is nothing to play (any more)."""
        self._tick(count, now_s)
        self._learn(count, now_s)
        if self._next is None and not self._begin():
            self._count += count
            self.given, self.fresh = None, False
            return None
        if self._excess() > _SKIP_BEYOND:
            self._restart_at(self._count - self._wanted())
        while self._ready.size < count:
            self._produce(count - self._ready.size, now_s)
        self._adjust(count, now_s)
        self.given = None if self._next is None else self._next - self._ready.size
        self.fresh = not self._concealed
        if self._concealed > GONE_AFTER and not len(self._frames):
            self._next = None
            self._concealed = 0
        taken, self._ready = self._ready[:count], self._ready[count:]
        self._count += count
        return taken

    # The player's clock, and what arrived.

    def _tick(self, count: int, now_s: float) -> None:
        """A player that stood still jumps: what it did not ask for is over."""
        self._stalled = self._pulled_s is None or now_s - self._pulled_s > _STALL_S
        if self._stalled and self._pulled_s is not None:
            jump = max(round((now_s - self._due_s) * SAMPLE_RATE_HZ), 0)
            self._count += jump
            if self._next is not None:
                self._restart_at(self._next - self._ready.size + jump)
        self._pulled_s, self._due_s = now_s, now_s + count / SAMPLE_RATE_HZ
        self._pull = count

    def _learn(self, count: int, now_s: float) -> None:
        for frame in self._arrived:
            age_s = now_s - frame.arrived_s
            there = self._count + (count if age_s < _GUARD_S else 0)
            if self._stalled:
                there -= round(age_s * SAMPLE_RATE_HZ)
            offset = there - frame.timestamp
            if self._next is not None and abs(offset - self._offset()) > _OTHER_STREAM:
                self.reset()
            if self._frames.add(frame):
                self._target.arrived(offset)
        self._arrived.clear()

    def _offset(self) -> int:
        """Where the end of the decoded sound will be played, in the player's count, from its timestamp."""
        return self._count + self._ready.size - (self._next or 0)

    def _wanted(self) -> int:
        wanted = self._target.target()
        if self._length % self._pull:
            wanted += self._pull  # frames that begin within a pull are wanted at its start
        quickest = self._target.quickest
        return min(max(wanted, quickest + self._minimum), quickest + _MAX_WAIT)

    def _excess(self) -> int:
        return self._offset() - self._wanted()

    def _begin(self) -> bool:
        if not len(self._frames):
            return False
        wanted = self._wanted()
        self._discard_before(self._count - wanted)
        first = self._frames.first()
        if first is None or self._count - first.timestamp < wanted:
            return False
        self._next = first.timestamp
        self._tail = np.zeros(FADE, np.int16)
        return True

    def _discard_before(self, timestamp: int) -> None:
        self._counters.packets_discarded += self._frames.drop_before(timestamp)

    # Making sound.

    def _produce(self, needed: int, now_s: float) -> None:
        """Add something to `_ready`."""
        assert self._next is not None  # noqa: S101 - `take` has seen to it
        self._discard_before(self._anchor if self._concealed else self._next)
        if self._concealed >= _PAUSE:
            self._next += self._excess()
        first = self._frames.first()
        if first is not None and self._next - first.timestamp + self._excess() > _SKIP_BEYOND:
            self._next += self._excess()
            self._anchor, self._saved = self._next, b""
            self._discard_before(self._next)
            first = self._frames.first()
        if first is None:
            self._conceal(needed)
        elif first.timestamp > self._next:
            self._conceal(min(needed, first.timestamp - self._next))
        elif first.timestamp == self._next:
            self._play(first, now_s)
        else:
            self._resume(first, now_s)

    def _play(self, frame: WaitingFrame, now_s: float) -> None:
        self._frames.pop(frame.timestamp)
        piece = self._decode(frame)
        self._concealed = 0
        self._note_delay(frame, now_s)
        self._append(piece)
        self._next = frame.timestamp + frame.length

    def _restart_at(self, timestamp: int) -> None:
        """Go on elsewhere: what was to be played until then is left out."""
        self._tail = self._ready[:FADE] if self._ready.size >= FADE else self._continuation()
        self._ready = self._ready[:0]
        self._next = self._anchor = timestamp
        self._saved = b""
        self._discard_before(timestamp)

    def _resume(self, first: WaitingFrame, now_s: float) -> None:
        """Frames came whose time has begun, or passed."""
        assert self._next is not None  # noqa: S101
        late = self._next - first.timestamp
        lacking = -self._excess()
        if self._tail is None:
            self._tail = self._continuation()
        if first.timestamp == self._anchor and self._saved:
            self._decoder.restore(self._saved)
        if late <= max(lacking, 0) + FADE or late > _GIVE_UP:
            self._frames.pop(first.timestamp)
            piece = self._decode(first)
            piece = piece[find_match(self._tail[:FADE], piece, _TAIL) :]
            self._next = first.timestamp + first.length
        else:
            piece = self._catch_up(first, now_s)
        self._concealed = 0
        self._note_delay(first, now_s)
        self._append(piece)

    def _catch_up(self, frame: WaitingFrame, now_s: float) -> Samples:
        """Decode what is late, for the decoder's sake, and return what is left of it at `_next`."""
        assert self._next is not None  # noqa: S101
        current: WaitingFrame | None = frame
        position = frame.timestamp
        piece = self._ready[:0]
        while current is not None and position <= self._next:
            self._frames.pop(position)
            piece = self._decode(current)
            position += current.length
            current = self._frames.pop(position) if position <= self._next else None
        left = position - self._next
        if left <= 0:
            self._anchor, self._saved = position, self._decoder.save()
            gap = self._next - position
            missing = gap + FADE
            piece = self._decoder.conceal(-(-missing // GRAIN_SAMPLES) * GRAIN_SAMPLES)[gap:]
            position = self._next + piece.size
            left = piece.size
        self._next = position
        return piece[piece.size - left :]

    def _decode(self, frame: WaitingFrame) -> Samples:
        self._length = frame.length
        try:
            piece = (
                self._decoder.recover(frame.payload, frame.length)
                if frame.recovery
                else self._decoder.decode(frame.payload)
            )
        except OpusError:
            self._counters.packets_discarded += 1
            return self._decoder.conceal(frame.length)
        self._counters.frames_decoded += 1
        self._counters.fec_packets_received += frame.redundant or frame.recovery
        self._background.heard(piece)
        return piece

    def _append(self, piece: Samples) -> None:
        if self._tail is not None:
            length = min(FADE, self._tail.size, piece.size)
            piece = np.concatenate((cross_fade(self._tail[:length], piece[:length]), piece[length:]))
            self._tail = None
        self._ready = np.concatenate((self._ready, piece))

    def _begin_concealment(self) -> None:
        self._anchor = self._next or 0
        self._saved = self._decoder.save()

    def _conceal(self, needed: int) -> None:
        assert self._next is not None  # noqa: S101
        if not self._concealed:
            self._begin_concealment()
            self._counters.concealment_events += 1
        piece = self._continuation(needed)[:needed]
        self._counters.concealed_samples += piece.size
        if self._concealed >= NOISE_AFTER:
            self._counters.silent_concealed_samples += piece.size
        self._concealed += piece.size
        self._next += piece.size
        self._append(piece)

    def _continuation(self, count: int = _TAIL) -> Samples:
        """What could go on from here: the decoder's guess, then background."""
        count = -(-count // GRAIN_SAMPLES) * GRAIN_SAMPLES
        beyond = self._concealed - NOISE_AFTER
        if beyond >= _NOISE_FADE:
            return self._background.make(count)
        guess = self._decoder.conceal(count)
        if beyond + count <= 0:
            return guess
        share = np.clip((np.arange(count) + beyond) / _NOISE_FADE, 0, 1)
        return (guess * (1 - share) + self._background.make(count) * share).astype(np.int16)

    # Delay.

    def _note_delay(self, frame: WaitingFrame, now_s: float) -> None:
        delay_s = max(now_s - frame.arrived_s + self._ready.size / SAMPLE_RATE_HZ, 0.0)
        self.delay_s += (delay_s - self.delay_s) * _SMOOTHING
        self._counters.jitter_buffer_delay_s += delay_s * frame.length
        self._counters.jitter_buffer_target_delay_s += self.target_s * frame.length
        self._counters.jitter_buffer_emitted_count += frame.length

    def _adjust(self, count: int, now_s: float) -> None:
        """Stretch what is ready, where that brings the delay closer to its target."""
        if self._concealed or self._next is None:
            return
        excess = self._excess()
        if self._stretcher.wants(excess):
            while self._ready.size < count + LOOKAHEAD:
                frame = self._frames.first()
                if frame is None or frame.timestamp != self._next:
                    break
                self._play(frame, now_s)
        before = self._ready.size
        self._ready = self._stretcher.adjust(self._ready, count, excess, quiet=self._background.quiet(self._ready))
        change = self._ready.size - before
        self._counters.inserted_samples_for_deceleration += max(change, 0)
        self._counters.removed_samples_for_acceleration += max(-change, 0)
