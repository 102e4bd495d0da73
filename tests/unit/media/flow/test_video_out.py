"""Pictures to packets."""

import av
import pytest

from tests.unit.media.flow.test_flow import shown
from tests.unit.media.flow.wires import joined, plans, until
from vidphone.media.codec import EncodedPicture, EncodeError, VideoEncoder, make_encoder
from vidphone.media.flow import flow
from vidphone.media.rtp import rtcp
from vidphone.media.send import video_sender


class Failing:
    """An encoder that fails at its sixth picture, if it is of AV1."""

    def __init__(self, encoder: VideoEncoder, name: str) -> None:
        self.name, self.implementation = name, encoder.implementation
        self._encoder, self._left = encoder, 5 if name == "AV1" else 1 << 30

    def encode(
        self, frame: av.VideoFrame, *, bitrate_bps: int, keyframe: bool = False, now_s: float | None = None
    ) -> EncodedPicture | None:
        self._left -= 1
        if self._left < 0:
            raise EncodeError("gone")
        return self._encoder.encode(frame, bitrate_bps=bitrate_bps, keyframe=keyframe, now_s=now_s)

    def close(self) -> None:
        self._encoder.close()


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    def make(name: str, **kwargs: object) -> VideoEncoder:
        return Failing(make_encoder(name), name)

    monkeypatch.setattr(video_sender, "make_encoder", make)


@pytest.mark.usefixtures("failing")
async def test_another_codec_takes_over_and_what_the_first_sent_comes_again_as_it_was() -> None:
    async with joined() as (a, b):
        codecs = {codec.name: codec for codec in a.video_out.plan.send_codecs}
        await until(lambda: b.video_in.receiver.decoder_counters.codec == "VP8")
        await shown(b, 5)
        early = next(each for each in a.wire.media() if each.payload_type == codecs["AV1"].payload_type)
        again = early.sequence_number.to_bytes(2) + early.payload
        before = len(a.wire.media())
        a.hear(rtcp.Nack(1, early.ssrc, (early.sequence_number,)))
        await until(lambda: any(each.payload == again for each in a.wire.media()[before:]))
        sent = next(each for each in a.wire.media()[before:] if each.payload == again)
        assert sent.payload_type == codecs["AV1"].rtx_payload_type
        assert a.told == ["first"]


async def test_without_an_encoder_for_the_peers_only_codec_that_is_told_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    builds = iter([("AV1", "VP9", "VP8"), ("AV1", "H264", "VP9", "VP8")])  # without x264, and with it
    monkeypatch.setattr(flow, "available_encoders", lambda: next(builds))
    async with joined(plans(("H264",))) as (a, b):
        await until(lambda: a.video_in.receiver.decoder_counters.codec == "H264" and len(a.frames) > 5)
        await until(lambda: b.audio_in.stream is not None)
        assert (a.flow.video_out, sorted(a.told)) == (None, ["first", "no video"])
        assert (b.frames, b.told) == ([], ["first"])


async def test_a_picture_that_cannot_be_split_is_followed_by_a_keyframe(monkeypatch: pytest.MonkeyPatch) -> None:
    async with joined() as (a, b):
        await shown(b, 3)
        packetizer = a.video_out._packetizers["AV1"]
        packetize, before = packetizer.packetize, a.video_out.sender.key_frames_encoded
        failed: list[bytes] = []

        def once(frame: bytes, *, keyframe: bool, limit_bytes: int) -> list[bytes]:
            if not failed:
                failed.append(frame)
                raise ValueError("damaged")
            return packetize(frame, keyframe=keyframe, limit_bytes=limit_bytes)

        monkeypatch.setattr(packetizer, "packetize", once)
        await until(lambda: a.video_out.sender.key_frames_encoded == before + 1)
        await shown(b, 3)
        assert b.video_in.receiver.stream_counters.pli_count == 0


@pytest.fixture
def at_the_wrap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers and timestamps begin right before they wrap around."""
    monkeypatch.setattr("secrets.randbelow", lambda below: below - 1 if below > 1 << 15 else (1 << 16) - 3)


@pytest.mark.usefixtures("at_the_wrap")
async def test_numbers_and_times_wrap_around() -> None:
    async with joined() as (a, b):
        await shown(b, 10)
        assert {packet.sequence_number for packet in a.wire.media()} >= {65_533, 65_535, 0, 1}
        assert min(packet.timestamp for packet in a.wire.media()) < 1 << 20
        assert b.flow.reports.rtcp_damaged == b.flow.incoming.damaged == 0
