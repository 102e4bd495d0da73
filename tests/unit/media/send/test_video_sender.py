"""Always the newest picture, at what the line, the other side and the machine are good for."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import av
import pytest

from tests.fakes.media_ends import until
from tests.unit.media.codec.pictures import picture
from vidphone.media.codec import EncodedPicture, EncodeError, make_encoder
from vidphone.media.codec.hardware import HardwareEncoders
from vidphone.media.plan import Codec
from vidphone.media.plumbing import VideoBlock
from vidphone.media.send import video_sender
from vidphone.media.send.video_sender import KEYFRAME_AGAIN_S, Produced, VideoSender

CODECS = tuple(Codec(name, number, 90_000, 1, {}, None) for number, name in enumerate(("VP8", "VP9"), 96))


class Bench:
    """A sender, and what it made."""

    def __init__(self, codecs: tuple[Codec, ...] = CODECS, *, target_bps: int = 5_000_000) -> None:
        self.made: list[Produced] = []
        self.failures = 0
        self.number = 0
        self.sender = VideoSender(codecs, self.made.append, self._failed)
        self.sender.set_target(target_bps)

    def _failed(self) -> None:
        self.failures += 1

    def show(self, count: int = 1) -> float:
        """Pictures 1/30 s apart, at once; when the last was made."""
        for _ in range(count):
            self.number += 1
            self.sender.video(VideoBlock(picture(self.number), 100 + self.number / 30))
        return 100 + self.number / 30

    async def follow(self, count: int) -> list[Produced]:
        """As many pictures, each encoded before the next comes; what was made of them."""
        before = len(self.made)
        for index in range(count):
            self.show()
            await until(lambda wanted=before + index + 1: len(self.made) >= wanted)  # type: ignore[misc]
        return self.made[before:]


@asynccontextmanager
async def bench(codecs: tuple[Codec, ...] = CODECS, *, target_bps: int = 5_000_000) -> AsyncIterator[Bench]:
    made = Bench(codecs, target_bps=target_bps)
    made.sender.start()
    try:
        yield made
    finally:
        made.sender.stop()
        await asyncio.to_thread(made.sender.join)
        assert not [thread for thread in threading.enumerate() if thread.name == "video encoder"]


async def quiet(made: Bench) -> int:
    """How much is made in a while."""
    before = len(made.made)
    await asyncio.sleep(0.08)
    return len(made.made) - before


async def test_what_is_shown_is_encoded_with_a_keyframe_first() -> None:
    async with bench() as made:
        pictures = await made.follow(4)
    assert [each.picture.keyframe for each in pictures] == [True, False, False, False]
    assert pictures[0].codec.name == "VP8"
    assert (made.sender.frames_encoded, made.sender.key_frames_encoded) == (4, 1)


async def test_while_the_line_is_behind_nothing_is_encoded_and_then_the_newest() -> None:
    async with bench() as made:
        await made.follow(1)
        made.sender.hold(True)
        last_s = made.show(5)
        assert await quiet(made) == 0
        made.sender.hold(False)
        await until(lambda: len(made.made) == 2)
        assert await quiet(made) == 0
    assert made.made[-1].made_at_s == last_s
    assert made.sender.frames_skipped == 4


@pytest.mark.parametrize("what", ["no target", "forgotten"])
async def test_nothing_is_encoded(what: str) -> None:
    async with bench() as made:
        await made.follow(1)
        if what == "no target":
            made.sender.set_target(0)
            made.show()
            assert await quiet(made) == 0
            made.sender.set_target(5_000_000)
            await until(lambda: len(made.made) == 2)
        else:
            made.sender.hold(True)
            made.show()
            made.sender.forget()
            made.sender.hold(False)
            assert await quiet(made) == 0


async def test_requests_within_the_time_that_a_keyframe_takes_are_one() -> None:
    async with bench() as made:
        await made.follow(2)
        assert made.sender.request_keyframe(50.0)
        assert not made.sender.request_keyframe(50.0 + KEYFRAME_AGAIN_S / 2)
        assert [each.picture.keyframe for each in await made.follow(2)] == [True, False]
        assert made.sender.request_keyframe(50.0 + 1.1 * KEYFRAME_AGAIN_S)
        assert [each.picture.keyframe for each in await made.follow(2)] == [True, False]


async def test_while_the_loop_is_busy_nothing_piles_up_before_it() -> None:
    async with bench() as made:
        await made.follow(1)
        for _ in range(10):  # the loop does nothing else meanwhile
            last_s = made.show()
            time.sleep(0.02)  # noqa: ASYNC251
        assert made.sender.frames_encoded <= 2
        await until(lambda: made.made[-1].made_at_s == last_s)
        assert made.sender.frames_encoded <= 3


async def test_after_stop_nothing_is_made() -> None:
    async with bench() as made:
        await made.follow(1)
        made.sender.stop()
        made.show(3)
        assert await quiet(made) == 0


class Fragile:
    """An encoder that raises what a test says, once it has made some pictures."""

    name = implementation = "stand-in"

    def __init__(self, error: Exception, pictures: int) -> None:
        self._error, self._left = error, pictures
        self._encoder = make_encoder("VP8")

    def encode(
        self, frame: av.VideoFrame, *, bitrate_bps: int, keyframe: bool = False, now_s: float | None = None
    ) -> EncodedPicture | None:
        self._left -= 1
        if self._left < 0:
            raise self._error
        return self._encoder.encode(frame, bitrate_bps=bitrate_bps, keyframe=keyframe, now_s=now_s)

    def close(self) -> None:
        self._encoder.close()


@pytest.fixture
def fragile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception, int, tuple[str, ...]], None]:
    """Lets the encoders of some codecs fail."""

    def install(error: Exception, pictures: int, names: tuple[str, ...]) -> None:
        def make(name: str, **kwargs: object) -> object:
            return Fragile(error, pictures) if name in names else make_encoder(name)

        monkeypatch.setattr(video_sender, "make_encoder", make)

    return install


@pytest.mark.parametrize("error", [EncodeError("gone"), ValueError("odd"), OverflowError("far"), MemoryError()])
async def test_whatever_an_encoder_fails_with_the_next_codec_takes_over(
    fragile: Callable[..., None], error: Exception
) -> None:
    fragile(error, 2, ("VP8",))
    async with bench() as made:
        await made.follow(2)
        made.show()  # is lost with the encoder
        await until(lambda: made.sender.codec.name == "VP9")
        pictures = await made.follow(2)
    assert [(each.codec.name, each.picture.keyframe) for each in pictures] == [("VP9", True), ("VP9", False)]
    assert made.failures == 0


async def test_where_no_encoder_works_that_is_told_once(fragile: Callable[..., None]) -> None:
    fragile(EncodeError("gone"), 0, ("VP8", "VP9"))
    async with bench() as made:
        for _ in range(5):
            made.show()
            await asyncio.sleep(0.02)
        await until(lambda: made.failures == 1)
    assert made.failures == 1
    assert not made.made


async def test_a_fault_of_our_own_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    async with bench() as made:
        await made.follow(1)
        monkeypatch.setattr(made.sender, "_adaptation", None)
        made.show()
        await until(lambda: made.failures == 1)


async def test_while_nobody_looks_fewer_and_smaller_pictures_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vidphone.media.codec.adaptation.VIEW_S", 0.5)
    async with bench(CODECS[:1]) as made:
        await made.follow(2)
        made.sender.set_viewer((0, 0), 0.0)
        before = len(made.made)
        for _ in range(60):
            seen = made.sender.frames_encoded + made.sender.frames_skipped
            made.show()
            await until(lambda then=seen: made.sender.frames_encoded + made.sender.frames_skipped > then)  # type: ignore[misc]
        assert 12 <= len(made.made) - before <= 24
        assert (made.sender.width, made.sender.height) == (160, 90)


async def test_an_encoder_of_hardware_comes_first_where_one_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def make(name: str, **kwargs: object) -> object:
        asked.append(kwargs["hardware"])
        return make_encoder(name)

    hardware = HardwareEncoders(lambda: {"VP8": "h264_nvenc"})
    monkeypatch.setattr(video_sender, "HARDWARE_ENCODERS", hardware)
    monkeypatch.setattr(video_sender, "make_encoder", make)
    async with bench() as made:
        hardware.join()
        await made.follow(1)
        made.sender.set_still(True)
        await made.follow(1)
    assert asked == [{"VP8": "h264_nvenc"}, None]
