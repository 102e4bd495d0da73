"""The one place that knows aiortc's private names (aioice's: `gathering.py`). One version, checked at start.

A `Peer` is one RTCPeerConnection that sends and receives sound and video, always both ways, so that nothing is ever
renegotiated. Its encoders, buffers and decoders are ours: they take the places of aiortc's by the attributes in
`NAMES`, on each object, never on aiortc's modules.
"""

import asyncio
import contextlib
import importlib.metadata
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import av
from aioice import Candidate as IceCandidate
from aioice import Connection, ice
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.codecs import get_capabilities, get_encoder
from aiortc.rtcconfiguration import RTCBundlePolicy
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsTransport
from aiortc.rtcicetransport import RTCIceTransport
from aiortc.rtcrtpreceiver import RTCRtpReceiver
from aiortc.rtcrtpsender import RTCRtpSender
from aiortc.rtcrtptransceiver import RTCRtpTransceiver
from aiortc.rtp import RtpPacket

from vidphone.media.rtc import gathering
from vidphone.media.rtc.description import with_trickle
from vidphone.media.rtc.encoders import ENCODERS
from vidphone.media.rtc.tracks_send import PacketTrack

VERSIONS = {"aiortc": "1.16.0", "aioice": "0.13.0"}
NAMES: dict[type, tuple[str, ...]] = {
    RTCPeerConnection: ("_RTCPeerConnection__certificates",),
    RTCRtpReceiver: (
        "_RTCRtpReceiver__jitter_buffer", "_RTCRtpReceiver__decoder_queue", "_RTCRtpReceiver__codecs",
    ),
    RTCRtpSender: ("_RTCRtpSender__encoder", "_send_keyframe"),
    RTCDtlsTransport: ("_RTCDtlsTransport__rx_packets",),
    RTCRtpTransceiver: ("_codecs",),
    RTCIceTransport: ("_connection", "_RTCIceTransport__start"),
    Connection: gathering.CONNECTION_NAMES,
}  # fmt: skip


class MediaLibraryMismatch(RuntimeError):
    """The installed aiortc is not the one this program was made for. Fault of the installation."""


def check() -> None:
    """Compare versions and private names; to be called once, on a running loop.

    Raises:
        MediaLibraryMismatch: another version, or a name that is not there.
    """
    for package, wanted in VERSIONS.items():
        logging.getLogger(package).setLevel(logging.WARNING)  # below that they write addresses and descriptions
        if (found := importlib.metadata.version(package)) != wanted:
            raise MediaLibraryMismatch(f"{package} {found} is installed, {wanted} is needed")
    connection = _private(RTCPeerConnection(RTCConfiguration(iceServers=[])))
    transceiver = connection.addTransceiver("video")
    transport = transceiver.receiver.transport
    samples = (
        connection, transceiver, transceiver.sender, transceiver.receiver, transport, transport.transport,
        transport.transport._connection,
    )  # fmt: skip
    for sample in samples:
        for name in NAMES[type(sample)]:
            if not hasattr(sample, name):
                raise MediaLibraryMismatch(f"{type(sample).__name__} has no {name}")
    for name in gathering.MODULE_NAMES:
        if not hasattr(ice, name):
            raise MediaLibraryMismatch(f"aioice has no {name}")


def new_certificate() -> RTCCertificate:
    """A DTLS certificate for one call."""
    return RTCCertificate.generateCertificate()


def fingerprint(certificate: RTCCertificate) -> str:
    """Its SHA-256 fingerprint, `AB:CD:…`."""
    return next(each.value for each in certificate.getFingerprints() if each.algorithm == "sha-256")


def _private(thing: object) -> Any:
    """An object of aiortc's whose private names are to be used."""
    return thing


class PacketSink(Protocol):
    """Takes received packets."""

    def packet(self, codec: str, sequence: int, timestamp: int, marker: bool, data: bytes) -> bool:
        """Take one, on the loop; True asks the sender for a key frame."""


class _Tap:
    """Stands in for a receiver's jitter buffer: our sinks put packets in order themselves."""

    def __init__(self, receiver: Any, sink: PacketSink) -> None:
        self._receiver = receiver
        self._sink = sink

    def add(self, packet: RtpPacket) -> tuple[bool, None]:
        """Take a packet; whether to ask for a key frame, and never a frame for aiortc's decoder."""
        codec = self._receiver._RTCRtpReceiver__codecs[packet.payload_type]
        data = getattr(packet, "_data")  # noqa: B009  (an attribute that aiortc adds)
        return self._sink.packet(codec.name, packet.sequence_number, packet.timestamp, bool(packet.marker), data), None


class _NothingToDecode:
    """Stands in for the queue of aiortc's decoder thread, which so ends at once and is joined in no time."""

    def get(self) -> None:
        """The end."""

    def put(self, item: object) -> None:
        """Forget it."""


class _Packer:
    """Stands in for a sender's encoder: packs what ours made, and passes on the rate that the other side asks for."""

    def __init__(self, codec: Any, set_bitrate: Callable[[int], None] | None) -> None:
        self._packer = get_encoder(codec)
        self._set_bitrate = set_bitrate

    def pack(self, packet: "av.Packet[Any]") -> tuple[list[bytes], int]:
        """RTP payloads of one encoded frame."""
        return self._packer.pack(packet)

    @property
    def target_bitrate(self) -> int:
        """Unused; aiortc looks whether there is such a property."""
        return 0

    @target_bitrate.setter
    def target_bitrate(self, bits_per_s: int) -> None:
        if self._set_bitrate is not None:
            self._set_bitrate(bits_per_s)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the other side asks of our video."""

    keyframe: Callable[[], None]
    bitrate: Callable[[int], None]


class Peer:
    """One transport with its two media. Made and used on the loop."""

    def __init__(
        self, certificate: RTCCertificate, tracks: tuple[PacketTrack, PacketTrack],
        sinks: tuple[PacketSink, PacketSink], feedback: Feedback,
    ) -> None:  # fmt: skip
        self._feedback = feedback
        self._pc = _private(RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)))
        self._pc._RTCPeerConnection__certificates = [certificate]
        self._transceivers = [self._pc.addTransceiver(track, "sendrecv") for track in tracks]
        for transceiver, sink in zip(self._transceivers, sinks, strict=True):
            names = ("opus",) if transceiver.kind == "audio" else tuple(ENCODERS)
            capable = get_capabilities(transceiver.kind).codecs
            wanted = [codec for name in names for codec in capable if codec.name.lower() == name.lower()]
            wanted += [codec for codec in capable if codec.name.lower() == "rtx"]
            transceiver.setCodecPreferences(wanted)
            receiver = transceiver.receiver
            receiver._RTCRtpReceiver__jitter_buffer = _Tap(receiver, sink)
            receiver._RTCRtpReceiver__decoder_queue = _NothingToDecode()
        self._dtls = self._transceivers[0].receiver.transport
        self._connection: Connection = self._dtls.transport._connection
        self._connection._queue = gathering.ReceiveQueue()
        gathering.end_consent_with(self._connection)
        self._remote_ended = False
        self._local: Any = None

    @property
    def connection(self) -> Connection:
        """For `gathering`."""
        return self._connection

    @property
    def state(self) -> str:
        """W3C's RTCPeerConnectionState, without `disconnected`."""
        return str(self._pc.connectionState)

    @property
    def packets_received(self) -> int:
        """Datagrams of DTLS, RTP and RTCP so far."""
        return int(self._dtls._RTCDtlsTransport__rx_packets)

    @property
    def video_codec(self) -> str:
        """The codec we send, once both descriptions are known."""
        return str(self._transceivers[1]._codecs[0].name)

    @property
    def local_candidate(self) -> IceCandidate | None:
        """Of the pair in use."""
        pair = self._connection._nominated.get(1)
        return pair.local_candidate if pair else None

    def on_state(self, changed: Callable[[], None]) -> None:
        """Call back at every change of `state`."""
        self._pc.on("connectionstatechange", changed)

    async def offer(self) -> str:
        """Our offer, without candidates."""
        self._local = await self._pc.createOffer()
        return with_trickle(self._local.sdp)

    async def take_offer(self, sdp: str) -> str:
        """Take an offer; our answer, without candidates."""
        await self._pc.setRemoteDescription(RTCSessionDescription(sdp=sdp, type="offer"))
        self._local = await self._pc.createAnswer()
        self._take_over_senders()
        return with_trickle(self._local.sdp)

    async def gather_host(self) -> list[str]:
        """Open sockets; from here on the transport connects as soon as it can."""
        found = await gathering.gather_host(self._connection)
        await self._pc.setLocalDescription(self._local)
        return found

    async def take_answer(self, sdp: str) -> None:
        """Take an answer; after `gather_host`."""
        await self._pc.setRemoteDescription(RTCSessionDescription(sdp=sdp, type="answer"))
        self._take_over_senders()

    def _take_over_senders(self) -> None:
        """Put our packers in place before the transport stands and aiortc makes encoders of its own."""
        for transceiver in self._transceivers:
            sender, codec = transceiver.sender, transceiver._codecs[0]
            video = transceiver.kind == "video"
            sender._RTCRtpSender__encoder = _Packer(codec, self._feedback.bitrate if video else None)
            if video:
                sender._send_keyframe = self._feedback.keyframe

    async def add_candidate(self, candidate: IceCandidate) -> None:
        """A candidate of the other side; looks up a name (mDNS), which takes seconds if nobody answers."""
        if not self._remote_ended:
            await self._connection.add_remote_candidate(candidate)

    async def end_candidates(self) -> None:
        """No more will come, from the other side or from our own servers: connecting may fail from now on."""
        if not self._remote_ended:
            self._remote_ended = True
            await self._connection.add_remote_candidate(None)

    async def stats(self) -> list[Any]:
        """aiortc's statistics objects."""
        return list((await self._pc.getStats()).values())

    async def close(self) -> None:
        """Tell the other side, and free sockets, tasks and threads."""
        with contextlib.suppress(ConnectionError):
            await self._pc.close()
        transport = self._dtls.transport
        if transport.state != "closed":  # never started: aiortc leaves its sockets open then
            await transport.stop()
        if (started := transport._RTCIceTransport__start) is not None:
            await started.wait()  # connecting may be between two looks at what has become of it


async def settle(tasks: set[asyncio.Task[None]]) -> None:
    """Cancel tasks and wait for their end."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
