"""Offers, answers and the plans that come of them."""

import contextlib
import re
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.media.rtc.offers import CHROMIUM, CHROMIUM_WITH_DATA, FINGERPRINT, SOUND_ONLY
from vidphone.media.plan import MediaPlan, SessionPlan
from vidphone.media.rtc.sdp import agreement, formats, negotiation, text
from vidphone.media.rtc.sdp.model import Description, Direction, IceCredentials, Setup
from vidphone.media.rtc.sdp.negotiation import Local
from vidphone.media.rtc.sdp.write import write
from vidphone.media.rtp import extensions
from vidphone.wire.errors import ErrorCode, VidphoneError

ALL = ("AV1", "H264", "VP9", "VP8")
NAMES = st.permutations(ALL).flatmap(lambda names: st.integers(1, 4).map(lambda count: tuple(names[:count])))


def side() -> Local:
    return Local.make(IceCredentials("user", "p" * 22), FINGERPRINT, secrets.randbits)


def answered(offer: str, names: tuple[str, ...] = ALL) -> tuple[Description, SessionPlan]:
    local, description = side(), text.read(offer)
    answer = negotiation.answer(description, local, names)
    return answer, agreement.plan(answer, description, local, we_offered=False)


def video_of(plan: SessionPlan) -> MediaPlan:
    assert plan.video is not None
    return plan.video


def audio_of(plan: SessionPlan) -> MediaPlan:
    assert plan.audio is not None
    return plan.audio


@given(NAMES, NAMES)
def test_both_sides_come_to_plans_that_fit(ours: tuple[str, ...], theirs: tuple[str, ...]) -> None:
    caller, callee = side(), side()
    offer = text.read(write(negotiation.offer(caller, ours)))
    answer = text.read(write(negotiation.answer(offer, callee, theirs)))
    one = agreement.plan(offer, answer, caller, we_offered=True)
    other = agreement.plan(answer, offer, callee, we_offered=False)
    assert one.bundle == other.bundle
    for mine, its in zip(one.media, other.media, strict=True):
        assert {codec.payload_type: codec.name for codec in mine.send_codecs} == {
            number: codec.name for number, codec in its.receive_codecs.items()
        }
        assert [codec.name for codec in mine.send_codecs] == [codec.name for codec in its.send_codecs]
        again = {codec.rtx_payload_type: codec.payload_type for codec in its.send_codecs if codec.rtx_payload_type}
        assert {outer: inner for outer, inner in mine.receive_rtx.items() if inner != mine.red_receive} == again
        assert (mine.kind == "video") == (mine.red_receive in mine.receive_rtx.values())
        assert (mine.red_send, mine.flexfec_send) == (its.red_receive, its.flexfec_receive)
        assert (mine.ulpfec_send is None) == (mine.kind == "audio")
        assert mine.ulpfec_send == its.ulpfec_receive
        assert (mine.local_ssrc, mine.local_fec_ssrc) == (its.remote_ssrc, its.remote_fec_ssrc)
        assert mine.extensions == its.extensions
        assert mine.sends and mine.receives and mine.transport_cc and mine.reduced_rtcp  # noqa: PT018 - one rule
    shared = [name for name in formats.VIDEO_NAMES if name in ours and name in theirs]
    if shared:
        assert list(dict.fromkeys(codec.name for codec in video_of(one).send_codecs)) == shared
        assert video_of(one).local_rtx_ssrc == video_of(other).remote_rtx_ssrc
        assert video_of(one).nack and video_of(one).pli  # noqa: PT018
    else:
        assert one.video is None


def test_the_offer_carries_what_a_browser_looks_for() -> None:
    offer = write(negotiation.offer(side(), ALL))
    for line in (
        "a=group:BUNDLE 0 1",
        "a=ice-options:trickle",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        "a=setup:actpass",
        "a=fmtp:111 minptime=10;useinbandfec=1",
        "a=fmtp:63 111/111",
        "a=rtpmap:49 flexfec-03/90000",
        "a=fmtp:98 profile-id=0",
        f"a=fingerprint:sha-256 {FINGERPRINT}",
    ):
        assert f"\r\n{line}\r\n" in offer
    assert re.search(r"a=ssrc-group:FID \d+ \d+\r\na=ssrc-group:FEC-FR \d+ \d+", offer)
    assert "a=candidate" not in offer


def test_an_answer_keeps_the_offers_order_numbers_and_names_but_our_choice_of_codecs() -> None:
    answer, plan = answered(CHROMIUM)
    names = [each.name for each in answer.media[0].formats if formats.known_name(each)]
    assert names == ["vp8", "vp9", "av1", "h264"]
    assert [(medium.kind, medium.mid) for medium in answer.media] == [("video", "0"), ("audio", "1")]
    assert [medium.direction for medium in answer.media] == [Direction.RECVONLY, Direction.RECVONLY]
    assert [codec.payload_type for codec in video_of(plan).send_codecs] == [45, 98, 96, 108]
    assert video_of(plan).receive_rtx == {99: 98, 46: 45, 97: 96, 109: 108, 119: 118}
    assert (video_of(plan).red_receive, video_of(plan).ulpfec_receive) == (118, 120)
    assert video_of(plan).extensions == {
        extensions.ABS_SEND_TIME: 2, extensions.TRANSPORT_CC: 4, extensions.MID: 9,
    }  # fmt: skip
    assert (video_of(plan).remote_ssrc, video_of(plan).remote_rtx_ssrc) == (3628950227, 3329097632)
    assert (video_of(plan).sends, video_of(plan).receives, video_of(plan).flexfec_send) == (False, True, None)
    assert (audio_of(plan).red_send, audio_of(plan).red_receive) == (63, 63)
    assert not any(medium.sources for medium in answer.media)
    assert all(medium.setup is Setup.PASSIVE for medium in answer.media)


@pytest.mark.parametrize(
    ("offered", "wanted"),
    [("sendrecv", "sendrecv"), ("recvonly", "sendonly"), ("sendonly", "recvonly"), ("inactive", "inactive")],
)
def test_the_direction_of_an_answer_mirrors_the_offers(offered: str, wanted: str) -> None:
    answer, plan = answered(CHROMIUM.replace("a=sendonly", f"a={offered}"))
    assert {medium.direction.value for medium in answer.media} == {wanted}
    assert all((media.sends, media.receives) == ("send" in wanted, "recv" in wanted) for media in plan.media)


def test_data_is_turned_down_even_where_it_comes_first_in_the_bundle() -> None:
    answer, plan = answered(CHROMIUM_WITH_DATA)
    assert [medium.rejected for medium in answer.media] == [False, False, True]
    assert answer.bundle == plan.bundle == ("0", "1")
    remote = agreement.remote_transport(text.read(CHROMIUM_WITH_DATA), offered=True)
    assert (remote.mid, remote.line, remote.fingerprint, remote.dtls_client) == ("0", 0, FINGERPRINT, False)
    assert [candidate.split()[2] for candidate in remote.candidates] == ["udp", "tcp"]


def test_sound_alone_and_a_picture_alone_make_a_call() -> None:
    assert answered(SOUND_ONLY)[1].video is None
    without_sound = CHROMIUM.replace("m=audio 34883", "m=audio 0")
    assert answered(without_sound)[1].audio is None
    assert answered(CHROMIUM.replace("opus/48000/2", "speex/48000/2"))[1].audio is None


def test_a_second_camera_and_a_transport_of_its_own_are_turned_down() -> None:
    head, video, audio = CHROMIUM.split("m=")
    twice = "m=".join([head.replace("0 1", "0 1 x"), video, audio, video.replace("a=mid:0", "a=mid:x")])
    assert [medium.rejected for medium in answered(twice)[0].media] == [False, False, True]
    alone = CHROMIUM.replace("BUNDLE 0 1", "BUNDLE 1")
    assert [medium.rejected for medium in answered(alone)[0].media] == [True, False]


@pytest.mark.parametrize(
    ("parameters", "answered_with"),
    [
        ("level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f", "42e02a"),
        ("packetization-mode=1;profile-level-id=42e01f", "42e01f"),
        ("packetization-mode=1;profile-level-id=640C1F", "640c1f"),
        ("level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d801f", "4d802a"),
        ("level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f", None),
        ("level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f", None),
        ("level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=zz", None),
        ("packetization-mode=1", None),
    ],
)
def test_h264_is_answered_with_the_offers_profile_and_a_level_both_take(
    parameters: str, answered_with: str | None
) -> None:
    offer = re.sub(r"(a=fmtp:108 ).*", rf"\g<1>{parameters}\r", CHROMIUM)
    answer, plan = answered(offer)
    found = [each for each in answer.media[0].formats if each.payload_type == 108]
    assert [each.fmtp["profile-level-id"] for each in found] == ([answered_with] if answered_with else [])
    assert bool(found) == any(codec.name == "H264" for codec in video_of(plan).send_codecs)


def test_an_answer_may_number_payload_types_its_own_way() -> None:
    caller, callee = side(), side()
    offer = negotiation.offer(caller, ("VP8",))
    answer = write(negotiation.answer(offer, callee, ("VP8",)))
    renumbered = text.read(re.sub(r"(?<=[ :=])9([67])\b", r"12\1", answer))
    plan = video_of(agreement.plan(offer, renumbered, caller, we_offered=True))
    assert [(codec.payload_type, codec.rtx_payload_type) for codec in plan.send_codecs] == [(126, 127)]
    assert plan.receive_rtx == {97: 96, 120: 119}


def test_what_only_one_side_knows_is_not_agreed() -> None:
    plain = CHROMIUM
    for line in ("a=rtcp-fb:96 transport-cc", "a=rtcp-fb:96 nack pli", "a=fmtp:97 apt=96", "a=rtcp-rsize"):
        plain = plain.replace(f"{line}\r\n", "")
    plan = video_of(answered(plain)[1])
    assert (plan.transport_cc, plan.pli, plan.nack, plan.remb, plan.reduced_rtcp) == (False, False, True, True, False)
    assert [codec.name for codec in plan.send_codecs if codec.rtx_payload_type is None] == ["VP8"]


def test_red_without_ulpfec_is_not_agreed() -> None:
    answer, plan = answered(CHROMIUM.replace("a=rtpmap:120 ulpfec/90000", "a=rtpmap:120 other/90000"))
    video = video_of(plan)
    assert (video.red_send, video.red_receive, video.ulpfec_send, video.ulpfec_receive) == (None,) * 4
    assert not {118, 119, 120} & {each.payload_type for each in answer.media[0].formats}


def test_an_answer_with_an_order_of_its_own_is_followed() -> None:
    caller = side()
    offer = negotiation.offer(caller, ALL)
    answer = write(negotiation.answer(offer, side(), ALL))
    line = next(each for each in answer.split("\r\n") if each.startswith("m=video"))
    wished = text.read(answer.replace(line, re.sub(r" 96 97 (.*) 102 103 ", r" 102 103 \1 96 97 ", line)))
    plan = video_of(agreement.plan(offer, wished, caller, we_offered=True))
    assert [codec.name for codec in plan.send_codecs[:1]] == ["H264"]


def test_a_payload_type_that_looks_like_rtcp_is_not_taken() -> None:
    offer = re.sub(r"(?<=[ :=])45\b", "72", CHROMIUM)
    assert "AV1" not in {codec.name for codec in video_of(answered(offer)[1]).send_codecs}


def test_limits_of_the_other_side_are_in_the_plan() -> None:
    limited = CHROMIUM.replace("m=audio", "b=AS:900\r\nm=audio").replace(
        "useinbandfec=1", "useinbandfec=1;maxaveragebitrate=20000"
    )
    plan = answered(limited)[1]
    assert (video_of(plan).max_bps, audio_of(plan).max_bps) == (900_000, 20_000)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a=fingerprint:sha-256", "a=fingerprint:sha-1"),
        ("a=rtcp-mux", "a=rtcp-nomux"),
        ("a=ice-pwd", "a=no-pwd"),
        ("a=setup:actpass\r\n", ""),
        ("UDP/TLS/RTP/SAVPF", "RTP/AVP"),
        ("opus/48000/2", "opus/8000"),
        ("m=audio", "m=text"),
    ],
)
def test_an_offer_that_no_safe_call_can_be_made_of_is_malformed(old: str, new: str) -> None:
    assert old in SOUND_ONLY
    with pytest.raises(VidphoneError) as refusal:
        answered(SOUND_ONLY.replace(old, new))
    assert refusal.value.code is ErrorCode.MALFORMED


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        (f"a=fingerprint:sha-256 {FINGERPRINT}", f"a=fingerprint:sha-256 {FINGERPRINT[::-1]}"),
        ("a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid", "a=extmap:9 urn:ietf:params:rtp-hdrext:toffset"),
    ],
    ids=["two keys", "an id with two meanings"],
)
def test_media_of_one_transport_that_contradict_each_other_are_malformed(mine: str, other: str) -> None:
    video, audio = CHROMIUM.split("m=audio")
    with pytest.raises(VidphoneError):
        answered(f"{video}m=audio{audio.replace(mine, other)}")


@pytest.mark.parametrize(
    ("old", "new"),
    [("a=mid:1", "a=mid:one"), ("m=video", "m=audio"), ("a=setup:passive", "a=setup:actpass"), ("UDP/TLS", "TCP/DTLS")],
)
def test_an_answer_that_does_not_belong_to_the_offer_is_malformed(old: str, new: str) -> None:
    caller = side()
    offer = negotiation.offer(caller, ALL)
    answer = write(negotiation.answer(offer, side(), ALL)).replace(old, new)
    read = text.read(answer.replace("BUNDLE 0 1", "BUNDLE 0 one") if "one" in new else answer)

    def take() -> None:
        agreement.remote_transport(read, offered=False)
        agreement.plan(offer, read, caller, we_offered=True)

    with pytest.raises(VidphoneError):
        take()


@given(st.data())
def test_a_damaged_offer_is_answered_or_malformed(data: st.DataObject) -> None:
    lines = data.draw(st.sampled_from([CHROMIUM, CHROMIUM_WITH_DATA])).split("\r\n")
    for _ in range(data.draw(st.integers(1, 6))):
        at, other = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        match data.draw(st.sampled_from(["drop", "double", "swap"])):
            case "drop" if len(lines) > 1:
                del lines[at]
            case "double":
                lines.insert(other, lines[at])
            case _:
                lines[at], lines[other] = lines[other], lines[at]
    with contextlib.suppress(VidphoneError):
        answer, plan = answered("\r\n".join(lines))
        assert text.read(write(answer)) == answer
        assert plan.media


def test_two_vidphones_sound_and_picture_belong_together() -> None:
    caller, callee = side(), side()
    offer = text.read(write(negotiation.offer(caller, ALL)))
    answer = text.read(write(negotiation.answer(offer, callee, ALL)))
    assert agreement.plan(offer, answer, caller, we_offered=True).synchronised
    assert agreement.plan(answer, offer, callee, we_offered=False).synchronised


@pytest.mark.parametrize(("stream", "together"), [("same", True), ("-", False)])
def test_tracks_of_no_stream_are_not_synchronised(stream: str, together: bool) -> None:
    offer = re.sub(r"a=msid:\S+", f"a=msid:{stream}", CHROMIUM)
    assert answered(offer)[1].synchronised is together
