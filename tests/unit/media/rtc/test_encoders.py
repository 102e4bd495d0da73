import av
import numpy as np
import pytest

from tests.fakes.media_ends import chirp, frame_of, scene
from vidphone.media import timecode
from vidphone.media.rtc.encoders import (
    ENCODERS,
    MAX_BITRATE,
    MIN_BITRATE,
    OpusDecoder,
    OpusEncoder,
    clamp_bitrate,
    is_keyframe,
    video_decoder,
)

CODECS = sorted(ENCODERS)


@pytest.mark.parametrize("codec", CODECS)
def test_every_picture_comes_out_at_once_and_looks_like_it_went_in(codec: str) -> None:
    encoder, decoder = ENCODERS[codec](), video_decoder(codec)
    for number in range(6):
        data = encoder.encode(frame_of(number, 3, 0.0), 1_000_000, keyframe=number == 0)
        (picture,) = decoder.decode(av.Packet(data))
        code = timecode.read_frame(picture)
        assert code is not None
        assert code.number == number
        error = timecode.plane(picture, 0)[:300].astype(float) - scene(number, 3)[:300]
        assert 10 * np.log10(255**2 / (error**2).mean()) > 35


@pytest.mark.parametrize("codec", CODECS)
def test_key_frames_come_when_asked_for_and_not_otherwise(codec: str) -> None:
    encoder = ENCODERS[codec]()
    keys = [
        is_keyframe(codec, encoder.encode(frame_of(number, 3, 0.0), 800_000, keyframe=number in (0, 5)))
        for number in range(8)
    ]
    assert [number for number, key in enumerate(keys) if key] == [0, 5]


def test_h264_follows_a_new_rate_without_a_key_frame() -> None:
    encoder = ENCODERS["H264"]()
    noise = np.random.default_rng(1)

    def sizes(rate: int, count: int) -> list[bytes]:
        encoded = []
        for number in range(count):
            frame = frame_of(number, 3, 0.0)
            timecode.plane(frame, 0)[:300] += noise.integers(0, 40, (300, 640), dtype=np.uint8)
            encoded.append(encoder.encode(frame, rate, keyframe=False))
        return encoded

    high, low = sizes(1_200_000, 40), sizes(300_000, 40)
    assert not any(is_keyframe("H264", data) for data in low)
    assert sum(map(len, low[10:])) < sum(map(len, high[10:])) / 2


def test_rates_stay_within_what_the_size_deserves() -> None:
    assert clamp_bitrate(10, 1280, 720) == MIN_BITRATE
    assert clamp_bitrate(10**9, 1280, 720) == MAX_BITRATE
    assert MIN_BITRATE < clamp_bitrate(10**9, 640, 360) < MAX_BITRATE


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("data", [b"", b"\x00", b"\x00\x00\x01", b"\x00\x00\x00\x01\x06", b"\xff" * 9])
def test_damaged_data_is_no_key_frame(codec: str, data: bytes) -> None:
    assert not is_keyframe(codec, data)


def test_sound_survives_and_lost_sound_fades() -> None:
    encoder, decoder = OpusEncoder(), OpusDecoder()
    wave = chirp()
    decoded = np.concatenate([decoder.decode(encoder.encode(block)) for block in wave.reshape(-1, 960)])
    spectrum = np.fft.rfft(decoded, 1 << 18) * np.conj(np.fft.rfft(wave, 1 << 18))
    delay = int(np.argmax(np.fft.irfft(spectrum)))
    assert delay < 960
    assert np.corrcoef(decoded[delay:], wave[: wave.size - delay])[0, 1] > 0.95
    loudness = [float(np.abs(block).mean()) for block in decoder.conceal(9)]
    assert len(loudness) == OpusDecoder.MAX_CONCEALED
    assert loudness == sorted(loudness, reverse=True)
