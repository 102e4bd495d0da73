"""RTCP compound packets (RFC 3550 section 6.1, reduced size as RFC 5506): to and from the kinds a call needs."""

from collections.abc import Iterable, Sequence
from struct import Struct
from struct import error as struct_error

from vidphone.media.rtp.application import ViewerReport, read_application_defined
from vidphone.media.rtp.extended_report import ExtendedReport, ReceiverDelay, read_extended_report
from vidphone.media.rtp.feedback import FEEDBACK_READERS, FullIntraRequest, Nack, PictureLossIndication, Remb
from vidphone.media.rtp.reports import (
    REPORT_READERS,
    Bye,
    ReceiverReport,
    ReportBlock,
    SenderReport,
    SourceDescription,
)
from vidphone.media.rtp.transport_report import MOST_STATUSES, TransportFeedback, read_transport_feedback

__all__ = [
    "Bye",
    "ExtendedReport",
    "FullIntraRequest",
    "Nack",
    "PictureLossIndication",
    "ReceiverDelay",
    "ReceiverReport",
    "Remb",
    "ReportBlock",
    "RtcpPacket",
    "SenderReport",
    "SourceDescription",
    "TransportFeedback",
    "ViewerReport",
    "parse",
    "serialize",
]

RtcpPacket = (
    SenderReport
    | ReceiverReport
    | SourceDescription
    | Bye
    | Nack
    | PictureLossIndication
    | FullIntraRequest
    | Remb
    | TransportFeedback
    | ExtendedReport
    | ViewerReport
)

_HEADER = Struct("!BBH")
_VERSION = 2 << 6
_PADDING, _COUNT = 0x20, 0x1F
_TRANSPORT_FEEDBACK = (205, 15)
_APPLICATION_DEFINED, _EXTENDED_REPORT = 204, 207
_FEEDBACK_TYPES = (205, 206)
_FEEDBACK_SOURCES_BYTES = 8
_PACKET_TYPES: dict[type[RtcpPacket], int] = {
    SenderReport: 200,
    ReceiverReport: 201,
    SourceDescription: 202,
    Bye: 203,
    ViewerReport: 204,
    Nack: 205,
    TransportFeedback: 205,
    PictureLossIndication: 206,
    FullIntraRequest: 206,
    Remb: 206,
    ExtendedReport: 207,
}


def parse(data: bytes) -> list[RtcpPacket]:
    """The packets of one datagram, in order; kinds that a call does not need are skipped.

    Raises:
        ValueError: the bytes are no RTCP of version 2, a length in them points past their end, or their transport-wide
            feedback speaks of more packets than can be told apart.
    """
    if not data:
        raise ValueError("empty RTCP packet")
    packets: list[RtcpPacket] = []
    statuses = at = 0
    while at < len(data):
        if len(data) < at + 4:
            raise ValueError("RTCP packet shorter than its header")
        first, kind, words = _HEADER.unpack_from(data, at)
        if first & 0xC0 != _VERSION:
            raise ValueError("RTCP packet of another version")
        start = at + 4
        at = start + 4 * words
        if len(data) < at:
            raise ValueError("RTCP packet longer than its datagram")
        end = at
        if first & _PADDING:
            end -= data[at - 1]
            if end == at or end < start:
                raise ValueError("RTCP packet with an impossible padding")
        read = _read(kind, first & _COUNT, data[start:end])
        for packet in read:
            if isinstance(packet, TransportFeedback):
                statuses += len(packet.packets)
                if statuses > MOST_STATUSES:
                    raise ValueError("transport feedback on too many packets")
        packets += read
    return packets


def _read(kind: int, count: int, body: bytes) -> Sequence[RtcpPacket]:
    reader = REPORT_READERS.get(kind)
    if reader is not None:
        return reader(count, body)
    if kind == _APPLICATION_DEFINED:
        return read_application_defined(count, body)
    if kind == _EXTENDED_REPORT:
        return read_extended_report(body)
    if kind not in _FEEDBACK_TYPES:
        return ()
    if len(body) < _FEEDBACK_SOURCES_BYTES:
        raise ValueError("RTCP feedback without its sources")
    if (kind, count) == _TRANSPORT_FEEDBACK:
        return read_transport_feedback(body)
    feedback = FEEDBACK_READERS.get((kind, count))
    return () if feedback is None else feedback(body)


def serialize(packets: Iterable[RtcpPacket]) -> bytes:
    """One datagram of these packets, in order.

    Raises:
        ValueError: a field does not fit its place.
    """
    written = []
    try:
        for packet in packets:
            count, body = packet.body()
            if count > _COUNT:
                raise ValueError("RTCP packet with more than 31 entries")
            first = _VERSION | count
            padding = -len(body) % 4
            if padding:
                first |= _PADDING
                body += bytes(padding - 1) + bytes((padding,))
            written.append(_HEADER.pack(first, _PACKET_TYPES[type(packet)], len(body) // 4) + body)
    except struct_error as error:
        raise ValueError("RTCP field out of range") from error
    return b"".join(written)
