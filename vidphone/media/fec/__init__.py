"""Forward error correction of video: FlexFEC as `a=rtpmap:… flexfec-03/90000` means it, and ULPFEC in RED, both ways.

The former's format is draft-ietf-payload-flexible-fec-scheme-03 within the bounds that libwebrtc sets: flexible masks,
one protected SSRC, no retransmission form, at most 48 packets protected at a time. `flexfec` makes and uses repair
packets, `masks` says which packets each one covers, `header` reads and writes their header, `ulpfec` those of the
latter, `zeroing` prepares packets.

Repair data is the exclusive-or of whole RTP packets, so encoder and decoder must see the same bytes. Values of header
extensions that change after the repair packets are made must be zero in both, with their ids and lengths left:

    zeroed      transport-wide sequence number, both forms; abs-send-time; transmission offset (`toffset`)
    left alone  mid, rid, abs-capture-time, audio level, video orientation, and all others
    in part     video-timing (not offered by us): the bytes from 7 on

That is what libwebrtc does on either side. `zeroing.zero_extensions(packet, ids)` does it for the ids agreed. A
recovered packet comes back with these zeros: it says nothing to congestion control and must not be fed to it. Packets
are taken as they were first sent: one that came by RTX is restored to its first form before the decoder sees it, and
numbers on the media SSRC that carry padding only are best left out of what is protected.

Measured with Chromium 156: it receives this on video sections in which it only receives, where it recovered from our
repair packets; in sections that it also sends in, and for sending, it needs the field trials WebRTC-FlexFEC-03 and
WebRTC-FlexFEC-03-Advertised. With those, what we recovered of its stream did not differ in a bit. In SDP the media SSRC
must have its `a=ssrc` line before that of the repair stream, or Chromium takes the latter for the media.
"""
