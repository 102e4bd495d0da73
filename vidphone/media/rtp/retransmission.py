"""Retransmission of lost packets on a stream of their own (RFC 4588, SSRC multiplexing)."""

from vidphone.media.rtp.packet import RtpPacket


def wrap(packet: RtpPacket, rtx_payload_type: int, rtx_ssrc: int, sequence: int) -> RtpPacket:
    """The packet that carries `packet` once more; `sequence` counts on its own stream.

    The extensions are copied, so that the caller can give the copy a transport number of its own. Padding of the
    original is not repeated.
    """
    return RtpPacket(
        rtx_payload_type,
        sequence,
        packet.timestamp,
        rtx_ssrc,
        (packet.sequence_number & 0xFFFF).to_bytes(2, "big") + packet.payload,
        packet.marker,
        dict(packet.extensions),
        packet.csrcs,
    )


def unwrap(packet: RtpPacket, original_payload_type: int, ssrc: int) -> RtpPacket:
    """The original packet that a retransmission carries. Its extensions are those of the retransmission.

    Raises:
        ValueError: the payload holds no original sequence number (a packet of padding alone, as probes are).
    """
    payload = packet.payload
    if len(payload) < 2:
        raise ValueError("retransmission without an original sequence number")
    return RtpPacket(
        original_payload_type,
        payload[0] << 8 | payload[1],
        packet.timestamp,
        ssrc,
        payload[2:],
        packet.marker,
        packet.extensions,
        packet.csrcs,
    )
