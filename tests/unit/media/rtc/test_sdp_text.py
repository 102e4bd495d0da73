"""Descriptions from strangers: read as written, or refused; never anything else."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.media.rtc.offers import CHROMIUM, CHROMIUM_WITH_DATA, FINGERPRINT, SOUND_ONLY
from vidphone.media.rtc.sdp import text
from vidphone.media.rtc.sdp.model import (
    Description,
    Direction,
    Format,
    IceCredentials,
    Medium,
    Setup,
    Source,
    SourceGroup,
)
from vidphone.media.rtc.sdp.write import write
from vidphone.wire.errors import ErrorCode, VidphoneError

WORD = st.text("abcxyz019", min_size=1, max_size=8)
SSRC = st.integers(0, 2**32 - 1)


@st.composite
def formats(draw: st.DrawFn) -> tuple[Format, ...]:
    numbers = draw(st.lists(st.integers(0, 127), min_size=1, max_size=5, unique=True))
    return tuple(
        Format(
            number,
            draw(WORD),
            draw(st.integers(1, 10**6)),
            channels=draw(st.integers(1, 8)),
            fmtp=draw(st.dictionaries(WORD, WORD, max_size=3)),
            feedback=frozenset(draw(st.lists(st.sampled_from(["nack", "nack pli", "ccm fir"]), max_size=3))),
        )
        for number in numbers
    )


@st.composite
def media(draw: st.DrawFn, mid: str) -> Medium:
    listed = draw(formats())
    ssrcs = draw(st.lists(SSRC, max_size=3, unique=True))
    return Medium(
        kind=draw(st.sampled_from(["audio", "video"])),
        mid=mid,
        port=draw(st.integers(1, 65_535)),
        words=tuple(str(each.payload_type) for each in listed),
        direction=draw(st.sampled_from(Direction)),
        formats=listed,
        extensions={f"urn:{number}": number for number in draw(st.sets(st.integers(1, 14), max_size=4))},
        sources=tuple(Source(ssrc, draw(WORD)) for ssrc in ssrcs),
        groups=(SourceGroup("FID", (ssrcs[0], ssrcs[1])),) if len(ssrcs) > 1 else (),
        stream=(stream := draw(st.sampled_from(["", "stream"]))),
        track="track" if stream else "",
        ice=draw(st.none() | st.just(IceCredentials("user", "password/of+22-letters".replace("-", "+")))),
        fingerprints=draw(st.sampled_from([(), (FINGERPRINT,)])),
        setup=draw(st.none() | st.sampled_from(Setup)),
        rtcp_mux=draw(st.booleans()),
        reduced_rtcp=draw(st.booleans()),
        receiver_times=draw(st.booleans()),
        bandwidth_bps=draw(st.none() | st.integers(1, 10**9)),
        ptime_ms=draw(st.none() | st.integers(1, 120)),
        candidates=tuple(f"candidate:{word} 1 udp 1 192.0.2.1 9 typ host" for word in draw(st.lists(WORD, max_size=2))),
        candidates_end=draw(st.booleans()),
    )


@st.composite
def descriptions(draw: st.DrawFn) -> Description:
    mids = draw(st.lists(WORD, min_size=1, max_size=4, unique=True))
    return Description(
        media=tuple(draw(media(mid)) for mid in mids),
        bundle=tuple(draw(st.permutations(mids))[: draw(st.integers(0, len(mids)))]),
        session=draw(st.integers(0, 2**62)),
        ice_lite=draw(st.booleans()),
        trickle=draw(st.booleans()),
    )


@settings(max_examples=40)
@given(descriptions())
def test_what_was_written_reads_back_the_same(description: Description) -> None:
    assert text.read(write(description)) == description


@pytest.mark.parametrize("offer", [CHROMIUM, CHROMIUM_WITH_DATA, SOUND_ONLY])
def test_an_offer_of_a_browser_survives_being_read_and_written(offer: str) -> None:
    read = text.read(offer)
    assert text.read(write(read)) == read


def test_lines_may_end_with_a_line_feed_alone() -> None:
    assert text.read(CHROMIUM.replace("\r\n", "\n")) == text.read(CHROMIUM)


def test_what_stands_for_the_whole_session_counts_for_each_medium() -> None:
    lines = SOUND_ONLY.split("\r\n")
    moved = [line for line in lines if line.startswith(("a=ice-ufrag", "a=ice-pwd", "a=fingerprint", "a=setup"))]
    kept = [line for line in lines if line not in moved]
    at = next(index for index, line in enumerate(kept) if line.startswith("m="))
    assert text.read("\r\n".join(kept[:at] + moved + kept[at:])) == text.read(SOUND_ONLY)


def test_feedback_for_all_formats_is_feedback_for_each() -> None:
    (medium,) = text.read(SOUND_ONLY.replace("a=rtcp-fb:111 transport-cc", "a=rtcp-fb:* nack")).media
    assert all(each.feedback == {"nack"} for each in medium.formats)


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["b=AS:500"], 500_000),
        (["b=TIAS:300000", "b=AS:500"], 300_000),
        (["b=AS:0"], None),
        (["b=RS:7"], None),
        (["b=AS:99999999999"], text.MAX_BPS),
    ],
)
def test_a_limit_of_bandwidth_is_read_in_bits(lines: list[str], wanted: int | None) -> None:
    with_limit = SOUND_ONLY.replace("c=IN IP4 192.0.2.2", "\r\n".join(["c=IN IP4 192.0.2.2", *lines]))
    assert text.read(with_limit).media[0].bandwidth_bps == wanted


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("v=0", "v=zero"),
        ("v=0", ""),
        ("o=- 738371041048598500 2 IN IP4 127.0.0.1", "o=-"),
        ("a=setup:actpass", "a=setup:sideways"),
        ("a=rtpmap:111 opus/48000/2", "a=rtpmap:111 opus/x/2"),
        ("a=rtpmap:111 opus/48000/2", "a=rtpmap:333 opus/48000/2"),
        ("a=rtpmap:63 red/48000/2", "a=rtpmap:63 red/48000/0"),
        ("a=rtpmap:63 red/48000/2", "a=rtpmap:111 red/48000/2"),
        ("SAVPF 111 63", "SAVPF 111 111"),
        ("m=audio 34883", "m=audio 99999"),
        ("a=extmap:2 ", "a=extmap:0 "),
        ("a=extmap:2 ", "a=extmap:4 "),
        ("a=extmap:2 ", "a=extmap:2"),
        ("a=mid:1", "a=mid:1 2"),
        ("a=group:BUNDLE 1", "a=group:BUNDLE 1 7"),
        ("a=group:BUNDLE 1", "a=group:BUNDLE 1\r\na=group:BUNDLE 1"),
        ("a=ssrc:2569120407 cname", "a=ssrc:4294967296 cname"),
        ("a=ssrc:2569120407 cname", "a=ssrc:-1 cname"),
        ("a=fingerprint:sha-256 00", "a=fingerprint:sha-256 GG"),
        ("a=ice-ufrag:ztGX", "a=ice-ufrag:" + "u" * 257),
        ("a=ice-ufrag:ztGX", "a=ice-ufrag:z\u00e4GX"),
        ("a=ice-pwd:h82Ib3TJyT", "a=ice-pwd:"),
        ("s=-", "s=\x00"),
        ("s=-", "s=-\r\nnonsense"),
    ],
)
def test_a_text_that_breaks_the_grammar_is_malformed(old: str, new: str) -> None:
    assert old in SOUND_ONLY
    with pytest.raises(VidphoneError) as refusal:
        text.read(SOUND_ONLY.replace(old, new))
    assert refusal.value.code is ErrorCode.MALFORMED


@pytest.mark.parametrize(
    "endless",
    [
        CHROMIUM + "a=ssrc:1 cname:x\r\n" * text.MAX_LINES,
        CHROMIUM + "a=fmtp:96 " + "x" * text.MAX_CHARS,
        "v=0\r\no=- 1 1 IN IP4 0\r\n" + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n" * (text.MAX_MEDIA + 1),
        "",
        "v=0\r\no=- 1 1 IN IP4 0\r\n",
    ],
)
def test_size_is_bounded(endless: str) -> None:
    with pytest.raises(VidphoneError):
        text.read(endless)


def test_tables_are_bounded() -> None:
    many = "".join(f"a=ssrc:{number} cname:x\r\na=candidate:{number}\r\n" for number in range(500))
    (medium,) = text.read(SOUND_ONLY + many).media
    assert len(medium.sources) == text.MAX_SOURCES
    assert len(medium.candidates) == text.MAX_CANDIDATES


@given(st.data())
def test_a_damaged_offer_is_read_or_malformed(data: st.DataObject) -> None:
    offer = data.draw(st.sampled_from([CHROMIUM, CHROMIUM_WITH_DATA]))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(offer)))
        cut = data.draw(st.integers(0, 30))
        offer = offer[:at] + data.draw(st.text(max_size=6)) + offer[at + cut :]
    with contextlib.suppress(VidphoneError):
        text.read(offer)
