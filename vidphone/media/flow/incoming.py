"""Packets that came in, told apart: sound, pictures, what was sent again, what repairs (RFC 9143 section 9.2)."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from vidphone.media.codec import make_decoder
from vidphone.media.fec import ulpfec
from vidphone.media.fec.flexfec import RepairDecoder
from vidphone.media.fec.header import RepairHeader
from vidphone.media.fec.zeroing import zero_extensions
from vidphone.media.plan import MediaPlan, SessionPlan
from vidphone.media.plumbing import VideoSink
from vidphone.media.receive.video_receiver import VideoReceiver
from vidphone.media.rtp import retransmission
from vidphone.media.rtp.clock import VIDEO_CLOCK_HZ, SenderClock
from vidphone.media.rtp.extensions import ABS_SEND_TIME, TRANSPORT_CC, unpack_transport_sequence
from vidphone.media.rtp.packet import RtpPacket
from vidphone.media.rtp.reception import ReceptionStatistics
from vidphone.media.rtp.transport_feedback import FeedbackBuilder
from vidphone.media.voice.receiver import AudioReceiver


class RemoteStream:
    """One SSRC of the other side: how it arrives, and its clock."""

    def __init__(self, ssrc: int, clock_hz: int) -> None:
        self.ssrc = ssrc
        self.statistics = ReceptionStatistics(ssrc, clock_hz)
        self.clock = SenderClock(clock_hz)


class AudioIn:
    """The incoming sound of one transport. On the loop but for its receiver's `take`."""

    def __init__(self, plan: MediaPlan) -> None:
        self.plan = plan
        self.receiver = AudioReceiver()
        self.stream: RemoteStream | None = None

    def takes(self, payload_type: int) -> bool:
        """Whether a packet of that type is sound."""
        return payload_type in self.plan.receive_codecs or payload_type == self.plan.red_receive

    def packet(self, packet: RtpPacket, now_s: float) -> None:
        """Take a packet of sound."""
        if self.stream is None or self.stream.ssrc != packet.ssrc:
            self.stream = RemoteStream(packet.ssrc, 48_000)
        self.stream.statistics.received(packet.sequence_number, packet.timestamp, now_s)
        self.receiver.packet(packet, now_s, red=packet.payload_type == self.plan.red_receive)


class VideoIn:
    """The incoming pictures of one transport. On the loop."""

    def __init__(
        self, plan: MediaPlan, sink: VideoSink, *, nack: Callable[[Sequence[int]], None], keyframe: Callable[[], None]
    ) -> None:
        self.plan = plan
        self.receiver = VideoReceiver(
            sink, nack=nack, keyframe=keyframe, loop=asyncio.get_running_loop(), make_decoder=make_decoder
        )
        self.stream: RemoteStream | None = None
        self.rtx_packets = self.fec_packets = self.fec_recovered = 0
        self.bytes_received = 0
        self._fec: RepairDecoder | None = None
        self._codec = ""
        self._changing = [plan.extensions[uri] for uri in (TRANSPORT_CC, ABS_SEND_TIME) if uri in plan.extensions]

    def takes(self, payload_type: int) -> bool:
        """Whether a packet of that type belongs to the pictures."""
        return (
            payload_type in self.plan.receive_codecs
            or payload_type in self.plan.receive_rtx
            or payload_type in (self.plan.flexfec_receive, self.plan.red_receive)
        )

    def packet(self, packet: RtpPacket, data: bytes, now_s: float) -> None:
        """Take a packet; `data` is its serialised form, as it came. Raises ValueError for damage."""
        self.bytes_received += len(data)
        if packet.payload_type in self.plan.receive_codecs or packet.payload_type == self.plan.red_receive:
            if self.stream is None or self.stream.ssrc != packet.ssrc:
                self.stream = RemoteStream(packet.ssrc, VIDEO_CLOCK_HZ)
                self._fec = None
            self.stream.statistics.received(packet.sequence_number, packet.timestamp, now_s)
            self._media(packet, data, now_s)
        elif self.stream is None:
            return  # repairs of packets of which none has come yet
        elif packet.payload_type == self.plan.flexfec_receive:
            self._repair(packet.payload, RepairHeader.parse, now_s)
        elif packet.payload:  # without, it is padding that fills a probe
            self.rtx_packets += 1
            inner = self.plan.receive_rtx[packet.payload_type]
            again = retransmission.unwrap(packet, inner, self.stream.ssrc)
            self._media(again, None, now_s, recovered=True)

    def _media(self, packet: RtpPacket, data: bytes | None, now_s: float, *, recovered: bool = False) -> None:
        """A packet in the numbers of the media, in RED or not; `data` is its serialised form, where there is one."""
        in_red = packet.payload_type == self.plan.red_receive and bool(packet.payload)
        if in_red:
            packet, data = ulpfec.out_of_red(packet), None
            self._fec = self._fec or RepairDecoder(packet.ssrc)
            if packet.payload_type == self.plan.ulpfec_receive:
                place = replace(packet, payload=b"", marker=False)
                self.receiver.packet(self._codec, place, now_s, recovered=recovered)
                self._repair(packet.payload, partial(ulpfec.read, ssrc=packet.ssrc), now_s)
                return
        codec = self.plan.receive_codecs.get(packet.payload_type)
        if codec is not None:
            self._codec = codec.name
        elif packet.payload:
            raise ValueError("RED of a codec that was not agreed")
        self.receiver.packet(self._codec, packet, now_s, recovered=recovered)
        # libwebrtc's retransmissions bear other extensions than the packets that its ULPFEC was made over.
        if self._fec is not None and not (in_red and recovered):
            self._recovered(self._fec.media(zero_extensions(data or packet.serialize(), self._changing)), now_s)

    def _repair(self, payload: bytes, read: Callable[[bytes], RepairHeader], now_s: float) -> None:
        self.fec_packets += 1
        if self._fec is None and self.stream is not None:
            self._fec = RepairDecoder(self.stream.ssrc)
        if self._fec is not None:
            self._recovered(self._fec.repair(payload, read), now_s)

    def _recovered(self, found: Sequence[bytes], now_s: float) -> None:
        for data in found:
            packet = RtpPacket.parse(data)
            codec = self.plan.receive_codecs.get(packet.payload_type)
            if codec is not None:
                self.fec_recovered += 1
                self.receiver.packet(codec.name, packet, now_s, recovered=True)


class Incoming:
    """Sorts what arrives."""

    def __init__(
        self, plan: SessionPlan, audio: AudioIn | None, video: VideoIn | None, feedback: FeedbackBuilder,
        first_packet: Callable[[], None],
    ) -> None:  # fmt: skip
        self._audio, self._video = audio, video
        self._feedback = feedback
        self._first_packet: Callable[[], None] | None = first_packet
        self._cc_ids = {media.extensions[TRANSPORT_CC] for media in plan.media if media.transport_cc}
        self.damaged = 0

    def packet(self, data: bytes, now_s: float) -> None:
        """Take an RTP packet; one that is damaged or of no known kind is counted and forgotten."""
        try:
            packet = RtpPacket.parse(data)
            for cc_id in self._cc_ids:
                if (value := packet.extensions.get(cc_id)) is not None:
                    self._feedback.media_ssrc = packet.ssrc
                    self._feedback.received(unpack_transport_sequence(value), now_s)
            if self._audio is not None and self._audio.takes(packet.payload_type):
                self._audio.packet(packet, now_s)
            elif self._video is not None and self._video.takes(packet.payload_type):
                self._video.packet(packet, data, now_s)
            else:
                self.damaged += 1
                return
        except ValueError:
            self.damaged += 1
            return
        if self._first_packet is not None:
            first, self._first_packet = self._first_packet, None
            first()
