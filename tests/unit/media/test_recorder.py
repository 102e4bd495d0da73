import threading
import time
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from tests.fakes.devices import eventually
from vidphone.media.plumbing import BLOCK_S, BLOCK_SAMPLES, SAMPLE_RATE_HZ, AudioBlock, Samples, VideoBlock
from vidphone.media.recorder import TITLES, Recorder
from vidphone.media.timecode import plane, read_frame, stamp
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode, VidphoneError, explain


@pytest.fixture(autouse=True)
def _no_thread_stays() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


def _unexpected(error: VidphoneError) -> None:
    raise AssertionError(error.about)


def _picture(at_s: float, number: int, level: int, size: tuple[int, int] = (640, 360)) -> VideoBlock:
    frame = av.VideoFrame(*size, "yuv420p")
    for index, value in enumerate((level, 128, 128)):
        plane(frame, index)[:] = value
    stamp(frame, at_s, number)
    return VideoBlock(frame, at_s)


def _tone(frequency_hz: float, seconds: float) -> Samples:
    at = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return np.round(8000 * np.sin(2 * np.pi * frequency_hz * at)).astype(np.int16)


def _feed(recorder: Recorder, begin_s: float, samples: Samples, *, heard: bool = True) -> None:
    sink = recorder.heard if heard else recorder.own_voice
    for number in range(samples.size // BLOCK_SAMPLES):
        block = samples[number * BLOCK_SAMPLES : (number + 1) * BLOCK_SAMPLES]
        sink.audio(AudioBlock(block, begin_s + number * BLOCK_S))


def _sound(path: Path, track: int) -> Samples:
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("s16", "mono", SAMPLE_RATE_HZ)
        frames = [piece for frame in container.decode(audio=track) for piece in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().ravel() for frame in frames]).astype(np.int16)


def _frames(path: Path, track: int) -> list[av.VideoFrame]:
    with av.open(str(path)) as container:
        return list(container.decode(video=track))


def _begins_s(samples: Samples) -> float:
    return float(np.argmax(np.abs(samples.astype(int)) > 4000)) / SAMPLE_RATE_HZ


@pytest.mark.parametrize("codec", ["h264", "vp8"])
def test_four_titled_tracks_hold_what_was_put_in_at_its_time(
    codec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if codec == "vp8":  # a build without x264 (docs/packages.md)
        monkeypatch.setattr(av, "codecs_available", set(av.codecs_available) - {"libx264"})
    path = tmp_path / "call.mkv"
    begin_s = time.monotonic()
    recorder = Recorder(path, _unexpected)
    for number in range(8):
        at_s = begin_s + number / 30
        recorder.seen.video(_picture(at_s, number, 60))
        recorder.own_picture.video(_picture(at_s, 1000 + number, 180, (320, 240)))
    _feed(recorder, begin_s + 0.1, _tone(440, 0.3))
    _feed(recorder, begin_s + 0.2, _tone(1000, 0.2), heard=False)
    time.sleep(0.6)
    recorder.close()

    with av.open(str(path)) as container:
        assert tuple(stream.metadata["title"] for stream in container.streams) == TITLES
        assert {stream.codec_context.name for stream in container.streams.video} == {codec}
        assert container.duration is not None
        assert container.duration / 1e6 == pytest.approx(time.monotonic() - begin_s, abs=0.25)
    for track, (first, level, size) in enumerate(((0, 60, (1280, 720)), (1000, 180, (960, 720)))):
        frames = _frames(path, track)
        codes = [read_frame(frame) for frame in frames]
        assert [code.number if code else None for code in codes] == list(range(first, first + 8))
        assert {(frame.width, frame.height) for frame in frames} == {size}
        assert float(plane(frames[3], 0)[:50].mean()) == pytest.approx(level, abs=4)
        assert frames[7].time == pytest.approx((frames[0].time or 0.0) + 7 / 30, abs=0.003)
    for track, (frequency_hz, at_s) in enumerate(((440, 0.1), (1000, 0.2))):
        samples = _sound(path, track)
        assert _begins_s(samples) == pytest.approx(at_s, abs=0.03)
        peak = np.abs(np.fft.rfft(samples)).argmax() * SAMPLE_RATE_HZ / samples.size
        assert peak == pytest.approx(frequency_hz, abs=5)


def test_vp8_is_recorded_by_one_thread_for_several_lose_pictures_while_the_cores_are_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(av, "codecs_available", set(av.codecs_available) - {"libx264"})
    recorder = Recorder(tmp_path / "call.mkv", _unexpected)
    recorder.seen.video(_picture(time.monotonic(), 0, 60))
    recorder.close()
    for track in (recorder.seen, recorder.own_picture):
        assert track._stream is not None
        assert (track._stream.codec_context.name, track._stream.codec_context.thread_count) == ("libvpx", 1)


def test_a_pause_in_the_sound_keeps_its_length(tmp_path: Path) -> None:
    path = tmp_path / "call.mkv"
    recorder = Recorder(path, _unexpected)
    begin_s = time.monotonic()
    _feed(recorder, begin_s + 0.1, _tone(440, 0.1))
    _feed(recorder, begin_s + 0.8, _tone(440, 0.1))
    recorder.close()
    loud = np.abs(_sound(path, 0).astype(int)).reshape(-1, 480).max(axis=1) > 3000
    edges = np.flatnonzero(np.diff(loud.astype(int)) == 1)
    assert np.diff(edges).tolist() == [pytest.approx(70, abs=3)]


def test_a_picture_that_changes_its_size_stays_on_its_canvas(tmp_path: Path) -> None:
    path = tmp_path / "call.mkv"
    recorder = Recorder(path, _unexpected)
    now_s = time.monotonic()
    recorder.own_picture.video(_picture(now_s, 0, 100, (320, 180)))
    recorder.seen.video(_picture(now_s, 0, 200, (1920, 1080)))
    assert eventually(lambda: not recorder.seen.waiting)
    recorder.seen.video(_picture(now_s + 0.1, 1, 200, (480, 640)))
    recorder.close()
    first, second = _frames(path, 0)
    assert (first.width, first.height) == (second.width, second.height) == (1280, 720)
    luma = plane(second, 0)
    assert float(luma[300, :300].mean()) == pytest.approx(16, abs=4)
    assert float(luma[300, 600:680].mean()) == pytest.approx(200, abs=4)


def test_a_call_that_begins_small_is_recorded_large_and_fills_its_canvas_whatever_the_size(tmp_path: Path) -> None:
    path = tmp_path / "call.mkv"
    recorder = Recorder(path, _unexpected)
    now_s = time.monotonic()
    for number, size in enumerate(((320, 180), (640, 360), (480, 270))):
        recorder.seen.video(_picture(now_s + number / 10, number, 200, size))
    recorder.close()
    frames = _frames(path, 0)
    assert [(frame.width, frame.height) for frame in frames] == [(1280, 720)] * 3
    for frame in frames:
        assert float(plane(frame, 0)[10:600, 10:1270].mean()) == pytest.approx(200, abs=4)


def test_a_call_without_pictures_gives_a_playable_file(tmp_path: Path) -> None:
    path = tmp_path / "voice.mkv"
    recorder = Recorder(path, _unexpected)
    _feed(recorder, time.monotonic(), _tone(440, 0.2))
    recorder.close()
    assert len(_frames(path, 0)) == len(_frames(path, 1)) == 1
    assert np.abs(_sound(path, 0).astype(int)).max() > 6000
    assert np.abs(_sound(path, 1).astype(int)).max() < 50


def test_a_place_that_cannot_be_written_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(VidphoneError) as refused:
        Recorder(tmp_path / "missing" / "call.mkv", _unexpected)
    assert refused.value.code is ErrorCode.RECORDING_FAILED
    for language in Language:
        assert "recording." not in explain(refused.value.code, language, refused.value.about).message


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told_once_and_harms_no_producer() -> None:
    told: list[VidphoneError] = []
    recorder = Recorder(Path("/dev/full"), told.append)
    noise = np.random.default_rng(1).integers(0, 255, (540, 640), dtype=np.uint8)
    number = 0

    def failed() -> bool:
        nonlocal number
        number += 1
        for sink in (recorder.seen, recorder.own_picture):
            sink.video(VideoBlock(av.VideoFrame.from_ndarray(noise, format="yuv420p"), time.monotonic()))
        _feed(recorder, time.monotonic(), _tone(440, 0.02))
        return bool(told)

    assert eventually(failed)
    recorder.seen.video(_picture(time.monotonic(), 0, 10))
    recorder.close()
    assert [(error.code, error.about) for error in told] == [
        (ErrorCode.RECORDING_FAILED, {"detail": "recording.disk-full"})
    ]
