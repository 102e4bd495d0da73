"""Encoded pictures to packets: split, protected, kept for those who miss one."""

import asyncio
import logging
import os
import secrets
import time
from collections.abc import Callable, Iterable, Sequence

from vidphone.media.codec.adaptation import AREA_EXPONENT
from vidphone.media.codec.choose import Machine, choose
from vidphone.media.fec import ulpfec
from vidphone.media.fec.flexfec import RepairEncoder
from vidphone.media.flow.outgoing import Outgoing, SentCounter
from vidphone.media.flow.repairs import Repairs
from vidphone.media.payload import PACKETIZERS, Packetizer
from vidphone.media.plan import MediaPlan
from vidphone.media.plumbing import VideoBlock
from vidphone.media.rate.budget import APART_FROM_BURST, Budget
from vidphone.media.rate.model import Estimate
from vidphone.media.rate.pacer import Priority
from vidphone.media.rtp import retransmission
from vidphone.media.rtp.application import ANY_SIZE, MOST_PRESSURE
from vidphone.media.rtp.clock import VIDEO_CLOCK_HZ
from vidphone.media.rtp.extensions import MID, pack_mid
from vidphone.media.rtp.packet import RtpPacket
from vidphone.media.send.history import History
from vidphone.media.send.video_sender import Produced, VideoSender

log = logging.getLogger(__name__)

LEAST_PAYLOAD_BYTES, PACKET_S = 400, 0.012
"""On a narrow line a packet takes at most so long, so that speech waits no longer behind one."""
PAYLOAD_BYTES = 1110
"""With all headers, as the repair packet of a full one, 1,250 bytes at most: any path carries 1,280 (IPv6)."""
HOLD_ABOVE_S, RELEASE_BELOW_S = 0.12, 0.03
"""Queued for longer than that, the next picture waits until the line has caught up."""
PADDING_BYTES = 224
AGAIN_SHARE, AGAIN_BURST_S = 0.3, 0.5
"""Of what the line carries, that retransmissions may take, and for how long they may save it up."""
COPY_AFTER_S = 0.012
"""Between two copies of a retransmission: a burst of losses is to be over by then."""
BRAKE_ABOVE_S, BRAKE_JITTERS, BRAKE_S, BRAKE_AGAIN_S = 0.025, 4.0, 0.09, 1.0
"""A queue that long, and growing, is met by two or three pictures left out at once, which nobody notices: what they
would have added to it would delay speech by more than the time they are shown."""
MID_PACKETS = 60
UNSEEN_BPS = 60_000
"""For the smallest picture while nobody looks, so that there is one at once when somebody does."""
FULL_PIXELS = 1280 * 720
PIXELS_PER_S = 30 * FULL_PIXELS
"""What a machine must be able to encode."""


class VideoOut:
    """The outgoing video of one transport. On the loop but for `video`."""

    def __init__(
        self, plan: MediaPlan, sender_codecs: Iterable[str], outgoing: Outgoing, failed: Callable[[], None]
    ) -> None:
        """`sender_codecs`: what this build encodes; `failed` is told when nothing can be encoded any more."""
        able = set(sender_codecs)
        codecs = [codec for codec in plan.send_codecs if codec.name in able]
        names = tuple(codec.name for codec in codecs)
        machine = Machine(os.cpu_count() or 1)
        choice = choose(names, names, machine, pixels_per_s=PIXELS_PER_S, preference=names)
        codecs.sort(key=lambda codec: choice is None or codec.name != choice.name)  # else as the plan has them
        self.plan = plan
        self.counter, self.rtx_counter, self.fec_counter = SentCounter(), SentCounter(), SentCounter()
        self.nack_count = self.pli_count = self.fir_count = self.target_bps = 0
        self.sender = VideoSender(codecs, self._produced, failed)
        self._outgoing = outgoing
        self._loop = asyncio.get_running_loop()
        self._packetizers: dict[str, Packetizer] = {}
        self._rtx_types = {codec.payload_type: codec.rtx_payload_type for codec in plan.send_codecs}
        if plan.red_send is not None:
            self._rtx_types[plan.red_send] = plan.red_rtx_send
        self._history = History()
        self._sequence, self._rtx_sequence, self._fec_sequence = (secrets.randbelow(1 << 15) for _ in range(3))
        self._origin = secrets.randbelow(1 << 32)
        self._origin_at_s = time.monotonic()
        self._in_red = plan.flexfec_send is None and None not in (plan.ulpfec_send, plan.red_rtx_send)
        encoder = RepairEncoder(ulpfec.write, ulpfec.MASK_SPAN) if self._in_red else RepairEncoder()
        self.protects = self._in_red or plan.flexfec_send is not None
        """Whether the other side takes repair packets."""
        self._repairs = Repairs(encoder, self._send_repairs)
        self.repair_packets = 0
        self._braked_at_s = -BRAKE_AGAIN_S
        self._limit_bytes = LEAST_PAYLOAD_BYTES
        self._copies = 1
        self._again_bytes, self._again_at_s = 0.0, time.monotonic()
        self._round_trip_s = 0.1
        self._running = False
        self._fir_seen: int | None = None
        self._shown_pixels = FULL_PIXELS

    def start(self) -> None:
        """Begin to encode and send."""
        self._running = True
        self.sender.start()

    def video(self, block: VideoBlock) -> None:
        """A picture of the camera, from any thread."""
        if self._running:
            self.sender.video(block)

    def stop(self) -> None:
        """Send nothing more; returns at once."""
        self._running = False
        self.sender.stop()

    def rtp_timestamp(self, at_s: float) -> int:
        """The timestamp of a picture made at a time (monotonic seconds)."""
        return (self._origin + round((at_s - self._origin_at_s) * VIDEO_CLOCK_HZ)) & 0xFFFFFFFF

    def budget(self, budget: Budget, estimate: Estimate) -> None:
        """What there is for the picture from now on."""
        share = budget.fec_share if self.protects else 0.0
        self._repairs.budget(share, budget.fec_again, apart=estimate.loss_burst >= APART_FROM_BURST)
        fits = int(estimate.target_bps * PACKET_S / 8)
        self._limit_bytes = min(max(fits, LEAST_PAYLOAD_BYTES), PAYLOAD_BYTES)
        self._copies = budget.retransmission_copies
        self._round_trip_s = estimate.round_trip_s
        room = estimate.target_bps * AGAIN_SHARE / 8
        now_s = time.monotonic()
        self._again_bytes = min(self._again_bytes + room * (now_s - self._again_at_s), room * AGAIN_BURST_S)
        self._again_at_s = now_s
        self.target_bps = int(budget.video_bps) if budget.video else 0
        self.sender.set_target(self.target_bps)
        brake_above_s = BRAKE_ABOVE_S + BRAKE_JITTERS * estimate.jitter_s
        if estimate.overusing and estimate.queueing_s > brake_above_s and now_s > self._braked_at_s + BRAKE_AGAIN_S:
            self._braked_at_s = now_s
        self._balance()

    def nack(self, lost: Iterable[int], now_s: float) -> None:
        """Send again what the other side misses (RFC 4585 section 6.2.1)."""
        for number in lost:
            self.nack_count += 1
            if self._again_bytes <= 0:
                continue  # it will be asked for again
            packet = self._history.again(number, now_s, self._round_trip_s)
            if packet is None:
                continue
            self._again_bytes -= len(packet.payload) * self._copies
            self._send_again(packet)
            for copy in range(1, self._copies):
                self._loop.call_later(copy * COPY_AFTER_S, self._send_again, packet)

    def keyframe_wanted(self, now_s: float) -> None:
        """The other side asks for a key frame."""
        self.sender.request_keyframe(now_s)

    def full_intra(self, number: int, now_s: float) -> None:
        """As `keyframe_wanted`; a request that repeats its number is the same request (RFC 5104 section 4.3.1.1)."""
        if number != self._fir_seen:
            self._fir_seen = number
            self.fir_count += 1
            self.keyframe_wanted(now_s)

    def viewed(self, width: int, height: int, pressure: int) -> None:
        """In what box the other side shows the picture, and how hard its decoder has it (`rtp.application`)."""
        shown = None if ANY_SIZE in (width, height) else (width, height) if width and height else (0, 0)
        self._shown_pixels = FULL_PIXELS if shown is None else min(width * height, FULL_PIXELS)
        self.sender.set_viewer(shown, pressure / MOST_PRESSURE)

    def scaled_bps(self, full_bps: int) -> int:
        """For pictures as the camera gives them, of what is for 1280x720: more where they are larger."""
        share: float = (max(self.sender.captured_pixels, FULL_PIXELS) / FULL_PIXELS) ** AREA_EXPONENT
        return round(full_bps * share)

    def useful_bps(self, full_bps: int) -> int:
        """What is of use for the picture as it is shown, of what is for a full one."""
        share: float = (self._shown_pixels / FULL_PIXELS) ** AREA_EXPONENT
        return max(round(full_bps * share), UNSEEN_BPS)

    def pad(self, wanted_bytes: int, now_s: float) -> int:
        """Queue about so many bytes to fill a probe: packets sent before, or nothing but padding."""
        packet = self._history.recent(PAYLOAD_BYTES)
        rtx_type = self._rtx_types[self.sender.codec.payload_type if packet is None else packet.payload_type]
        if rtx_type is None or not self._running:
            return 0
        given = 0
        while given < wanted_bytes:
            if packet is not None:
                again = self._wrapped(packet, rtx_type)
            else:
                again = self._made(rtx_type, self._next_rtx(), 0, self.plan.local_rtx_ssrc, b"")
                again.padding_bytes = PADDING_BYTES
            self._outgoing.send(again, Priority.PADDING, self.rtx_counter, retransmission=True)
            given += len(again.payload) + again.padding_bytes + 60
        return given

    def _produced(self, produced: Produced) -> None:
        if not self._running:
            return
        codec, picture = produced.codec, produced.picture
        packetizer = self._packetizers.get(codec.name)
        if packetizer is None:
            packetizer = self._packetizers[codec.name] = PACKETIZERS[codec.name]()
        now_s = time.monotonic()
        try:
            payloads = packetizer.packetize(picture.data, keyframe=picture.keyframe, limit_bytes=self._limit_bytes)
        except ValueError:  # nothing the other side could miss tells of it: what follows builds on this picture
            log.warning("an encoded picture of %s could not be split", codec.name)
            self.keyframe_wanted(now_s)
            return
        timestamp = self.rtp_timestamp(produced.made_at_s)
        for index, payload in enumerate(payloads):
            packet = self._made(codec.payload_type, self._next(), timestamp, self.plan.local_ssrc, payload)
            packet.marker = index == len(payloads) - 1
            if self._repairs.wanted:
                self._repairs.add(packet.serialize())
                if self._in_red:
                    packet = ulpfec.into_red(packet, self.plan.red_send or 0)
            self._history.add(packet, now_s)
            self._outgoing.send(packet, Priority.VIDEO, self.counter)
        self._repairs.after(len(payloads), timestamp)
        self._outgoing.pump()
        self._balance()

    def _send_repairs(self, payloads: Sequence[bytes], timestamp: int) -> None:
        for payload in payloads:
            if self._in_red:
                inside = self._made(self.plan.ulpfec_send or 0, self._next(), timestamp, self.plan.local_ssrc, payload)
                repair = ulpfec.into_red(inside, self.plan.red_send or 0)
                self._history.add(repair, time.monotonic())
                self._outgoing.send(repair, Priority.VIDEO, self.counter)  # in the order of its number
            else:
                repair = self._made(
                    self.plan.flexfec_send or 0, self._fec_sequence, timestamp, self.plan.local_fec_ssrc or 0, payload
                )
                self._fec_sequence = (self._fec_sequence + 1) & 0xFFFF
                self._outgoing.send(repair, Priority.FEC, self.fec_counter)
        self.repair_packets += len(payloads)
        self._outgoing.pump()

    def _made(self, payload_type: int, sequence: int, timestamp: int, ssrc: int, payload: bytes) -> RtpPacket:
        extensions = self._outgoing.blank_extensions()
        if self.counter.packets < MID_PACKETS and (mid_id := self.plan.extensions.get(MID)) is not None:
            extensions[mid_id] = pack_mid(self.plan.mid)
        return RtpPacket(payload_type, sequence, timestamp, ssrc, payload, extensions=extensions)

    def _next(self) -> int:
        number = self._sequence
        self._sequence = (self._sequence + 1) & 0xFFFF
        return number

    def _next_rtx(self) -> int:
        number = self._rtx_sequence
        self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
        return number

    def _wrapped(self, packet: RtpPacket, rtx_type: int) -> RtpPacket:
        again = retransmission.wrap(packet, rtx_type, self.plan.local_rtx_ssrc, self._next_rtx())
        again.extensions = dict(again.extensions)
        return again

    def _send_again(self, packet: RtpPacket) -> None:
        if not self._running:
            return
        rtx_type = self._rtx_types[packet.payload_type]
        if rtx_type is None:
            packet.extensions = dict(packet.extensions)
            self._outgoing.send(packet, Priority.RETRANSMISSION, self.counter, retransmission=True)
        else:
            self._outgoing.send(
                self._wrapped(packet, rtx_type), Priority.RETRANSMISSION, self.rtx_counter, retransmission=True
            )
        self._outgoing.pump()

    def _balance(self) -> None:
        """Hold the encoder back while the line is behind."""
        waiting_s = self._outgoing.waiting_s
        if waiting_s > HOLD_ABOVE_S or time.monotonic() < self._braked_at_s + BRAKE_S:
            self.sender.hold(True)
        elif waiting_s < RELEASE_BELOW_S:
            self.sender.hold(False)
