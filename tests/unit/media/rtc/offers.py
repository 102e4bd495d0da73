"""What foreign phones say, shortened to what matters: as Chromium 156 and a libwebrtc of 2021 wrote it."""

FINGERPRINT = ":".join(f"{number:02X}" for number in range(32))

_HEAD = """v=0
o=- 738371041048598500 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE {bundle}
a=extmap-allow-mixed
a=msid-semantic: WMS
"""
_TRANSPORT = f"""a=ice-ufrag:ztGX
a=ice-pwd:h82Ib3TJyT/Efw5IqMWgnvE1
a=ice-options:trickle
a=fingerprint:sha-256 {FINGERPRINT}
a=setup:actpass
"""
_VIDEO = f"""m=video 34409 UDP/TLS/RTP/SAVPF 96 97 108 109 114 115 45 46 98 99 100 101 118 119 120
c=IN IP4 192.0.2.2
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:3971513757 1 udp 2113937151 192.0.2.2 40346 typ host generation 0 network-cost 999
a=candidate:4193659285 1 tcp 1518285567 fd00::2 48505 typ host tcptype passive generation 0 network-id 2
{_TRANSPORT}a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:toffset
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid
a=sendonly
a=msid:- 312bd7e6-adbd-4804-8473-d3efc76e1f4d
a=rtcp-mux
a=rtcp-rsize
a=rtcp-xr:rcvr-rtt=all
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 transport-cc
a=rtcp-fb:96 ccm fir
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:108 H264/90000
a=rtcp-fb:108 transport-cc
a=rtcp-fb:108 nack
a=rtcp-fb:108 nack pli
a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=rtpmap:109 rtx/90000
a=fmtp:109 apt=108
a=rtpmap:114 H264/90000
a=fmtp:114 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f
a=rtpmap:115 rtx/90000
a=fmtp:115 apt=114
a=rtpmap:45 AV1/90000
a=rtcp-fb:45 goog-remb
a=rtcp-fb:45 transport-cc
a=rtcp-fb:45 ccm fir
a=rtcp-fb:45 nack
a=rtcp-fb:45 nack pli
a=fmtp:45 level-idx=5;profile=0;tier=0
a=rtpmap:46 rtx/90000
a=fmtp:46 apt=45
a=rtpmap:98 VP9/90000
a=rtcp-fb:98 transport-cc
a=rtcp-fb:98 nack
a=fmtp:98 profile-id=0
a=rtpmap:99 rtx/90000
a=fmtp:99 apt=98
a=rtpmap:100 VP9/90000
a=fmtp:100 profile-id=2
a=rtpmap:101 rtx/90000
a=fmtp:101 apt=100
a=rtpmap:118 red/90000
a=rtpmap:119 rtx/90000
a=fmtp:119 apt=118
a=rtpmap:120 ulpfec/90000
a=ssrc-group:FID 3628950227 3329097632
a=ssrc:3628950227 cname:Lz5Ssdkv20gWkne3
a=ssrc:3628950227 msid:- 312bd7e6-adbd-4804-8473-d3efc76e1f4d
a=ssrc:3329097632 cname:Lz5Ssdkv20gWkne3
a=ssrc:3329097632 msid:- 312bd7e6-adbd-4804-8473-d3efc76e1f4d
"""
_AUDIO = f"""m=audio 34883 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 192.0.2.2
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:3971513757 1 udp 2113937151 192.0.2.2 34883 typ host generation 0 network-cost 999
{_TRANSPORT}a=mid:1
a=extmap:14 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid
a=sendonly
a=msid:- a7e2f087-aabb-492f-8059-afe74551c0d0
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
a=ssrc:2569120407 cname:Lz5Ssdkv20gWkne3
a=ssrc:2569120407 msid:- a7e2f087-aabb-492f-8059-afe74551c0d0
"""
_DATA = f"""m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
{_TRANSPORT}a=mid:2
a=sctp-port:5000
"""


def _text(bundle: str, *media: str) -> str:
    return (_HEAD.format(bundle=bundle) + "".join(media)).replace("\n", "\r\n")


CHROMIUM = _text("0 1", _VIDEO, _AUDIO)
"""Picture first, both sent only, candidates in the text."""
CHROMIUM_WITH_DATA = _text("2 0 1", _VIDEO, _AUDIO, _DATA)
SOUND_ONLY = _text("1", _AUDIO)
