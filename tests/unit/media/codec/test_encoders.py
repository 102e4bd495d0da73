import sys
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from tests.unit.media.codec.pictures import picture, psnr
from vidphone.media.codec import make_decoder, make_encoder
from vidphone.media.codec.picture import DecodeError, EncodedPicture, EncodeError, VideoEncoder

CODECS = ("AV1", "H264", "VP9", "VP8")


def encoded(
    encoder: VideoEncoder, rates: list[int], seed: Callable[[int], int] = lambda _: 1
) -> list[EncodedPicture | None]:
    return [encoder.encode(picture(i, seed=seed(i)), bitrate_bps=rate) for i, rate in enumerate(rates)]


@pytest.mark.parametrize("name", CODECS)
def test_pictures_come_out_one_for_one_and_resemble_what_went_in(name: str) -> None:
    encoder, decoder = make_encoder(name), make_decoder(name)
    shown = 0
    for index in range(20):
        made = encoder.encode(picture(index), bitrate_bps=800_000)
        if made is None:
            continue
        (seen,) = decoder.decode(made.data)
        shown += 1
        assert (seen.width, seen.height) == (320, 180)
    encoder.close()
    decoder.close()
    assert shown >= 18
    assert psnr(seen, picture(19)) > 24


def hard(index: int) -> int:
    """Every second picture is of another scene: nothing to predict it from."""
    return index // 2


def steady(_: int) -> int:
    return 0


@pytest.mark.parametrize(
    ("name", "high_bps", "low_bps", "seed"),
    [
        *((name, 400_000, 100_000, hard) for name in CODECS),
        *((name, 800_000, 200_000, steady) for name in CODECS if name != "AV1"),  # AV1 needs less than that anyway
    ],
)
def test_a_new_rate_is_followed_at_once_without_a_keyframe(
    name: str, high_bps: int, low_bps: int, seed: Callable[[int], int]
) -> None:
    encoder = make_encoder(name)
    made = encoded(encoder, [high_bps] * 40 + [low_bps] * 20, seed=seed)
    encoder.close()
    before = [len(each.data) if each else 0 for each in made[20:40]]
    after = [len(each.data) if each else 0 for each in made[40:]]
    assert sum(after) / len(after) < 0.5 * sum(before) / len(before)
    assert max(after[:2]) < 1.3 * max(before)
    assert [i for i, each in enumerate(made) if each and each.keyframe] == [0]


@pytest.mark.parametrize("name", CODECS)
def test_keyframe_comes_when_asked_for_and_stands_alone(name: str) -> None:
    encoder = make_encoder(name)
    for index in range(4):
        encoder.encode(picture(index), bitrate_bps=2_000_000)
    made = encoder.encode(picture(4), bitrate_bps=2_000_000, keyframe=True)
    encoder.close()
    assert made is not None
    assert made.keyframe
    assert len(make_decoder(name).decode(made.data)) == 1


@pytest.mark.parametrize("name", CODECS)
def test_a_new_size_begins_with_a_keyframe(name: str) -> None:
    encoder, decoder = make_encoder(name), make_decoder(name)
    for width, height in ((320, 180), (192, 108), (320, 180)):
        keyframes = []
        for index in range(3):
            made = encoder.encode(picture(index, width, height), bitrate_bps=3_000_000)
            assert made is not None
            keyframes.append(made.keyframe)
            (seen,) = decoder.decode(made.data)
            assert (seen.width, seen.height) == (made.width, made.height) == (width, height)
        assert keyframes == [True, False, False]
    encoder.close()


@pytest.mark.parametrize("name", CODECS)
def test_another_scene_does_not_flood_the_line(name: str) -> None:
    encoder, decoder = make_encoder(name), make_decoder(name)
    rate = 300_000
    made = encoded(encoder, [rate] * 50, seed=lambda i: 1 + i // 25)
    encoder.close()
    for each in made:
        if each:
            decoder.decode(each.data)
    sizes = [8 * len(each.data) if each else 0 for each in made]
    assert max(sizes) < 0.6 * rate
    assert sum(sizes[25:40]) < 1.3 * rate


@pytest.mark.parametrize("name", CODECS)
def test_noise_does_not_flood_a_narrow_line(name: str) -> None:
    rng = np.random.default_rng(3)
    encoder = make_encoder(name)
    rate, made = 150_000, []
    for index in range(60):
        data = picture(index).to_ndarray()
        data[:180] += rng.integers(0, 30 if index > 20 else 4, (180, 320), dtype=np.uint8)
        made.append(encoder.encode(av.VideoFrame.from_ndarray(data, format="yuv420p"), bitrate_bps=rate))
    encoder.close()
    sizes = [8 * len(each.data) if each else 0 for each in made]
    assert max(sizes[1:]) < rate  # the first noisy picture cannot be foreseen
    assert sum(sizes) < 1.2 * rate * 2 + 0.3 * rate


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
@pytest.mark.parametrize("name", CODECS)
def test_encoders_end_their_threads(name: str) -> None:
    def native_threads() -> int:
        status = Path("/proc/self/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("Threads"))

    def once() -> None:
        encoder = make_encoder(name)
        encoder.encode(picture(0), bitrate_bps=500_000)
        encoder.close()
        encoder.close()

    once()
    before = native_threads()
    for _ in range(5):
        once()
    assert native_threads() <= before


@pytest.mark.parametrize("name", CODECS)
def test_decoder_wants_a_keyframe_first_and_after_damage(name: str) -> None:
    encoder, decoder = make_encoder(name), make_decoder(name)
    made = [each for each in encoded(encoder, [2_000_000] * 5) if each]
    encoder.close()
    with pytest.raises(DecodeError):
        decoder.decode(made[1].data)
    assert len(decoder.decode(made[0].data)) == 1
    assert len(decoder.decode(made[1].data)) == 1
    with pytest.raises(DecodeError):
        decoder.decode(b"")
    with pytest.raises(DecodeError):
        decoder.decode(bytes(range(7)) * 40)


def test_unknown_codec_is_refused() -> None:
    with pytest.raises(EncodeError):
        make_encoder("H266")
    with pytest.raises(DecodeError):
        make_decoder("H266")


def test_x264_is_left_out_where_its_licence_is_not_wanted() -> None:
    with pytest.raises(EncodeError):
        make_encoder("H264", gpl=False)


def test_h264_is_written_in_the_profile_asked_for() -> None:
    for profile_level_id, profile in ((None, 66), ("42e01f", 66), ("640c1f", 100), ("nonsense", 66)):
        encoder = make_encoder("H264", profile_level_id=profile_level_id)
        made = encoder.encode(picture(0), bitrate_bps=500_000)
        encoder.close()
        assert made is not None
        at = made.data.find(b"\x00\x00\x01\x67")
        assert made.data[at + 4] == profile


def test_pictures_of_any_format_are_taken() -> None:
    encoder = make_encoder("VP8")
    made = encoder.encode(picture(0).reformat(format="rgb24"), bitrate_bps=500_000)
    encoder.close()
    assert made is not None


def test_decoding_again_gives_frames_of_yuv420p() -> None:
    encoder = make_encoder("AV1")
    made = encoder.encode(picture(0), bitrate_bps=500_000)
    encoder.close()
    assert made is not None
    (seen,) = make_decoder("AV1").decode(made.data)
    assert isinstance(seen, av.VideoFrame)
    assert seen.format.name == "yuv420p"
