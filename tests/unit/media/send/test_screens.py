"""Pictures of screens: sharp at full size, and rather fewer of them."""

import asyncio

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import Interpolation

from tests.fakes.media_ends import until
from tests.unit.media.codec.pictures import psnr
from vidphone.media.codec import make_decoder
from vidphone.media.plan import Codec
from vidphone.media.plumbing import VideoBlock
from vidphone.media.send.video_sender import Produced, VideoSender

SIZE = (1280, 720)
LINE_BPS = 150_000
PICTURES = 45


def screen(number: int) -> av.VideoFrame:
    """A page of text that somebody writes on: another word each three pictures."""
    page = np.full((SIZE[1], SIZE[0]), 235, np.uint8)
    for line in range(24):
        words = " ".join(f"word{line * 7 + at}" for at in range(11))
        cv2.putText(page, words, (20, 30 + 29 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 16, 1, cv2.LINE_AA)
    cv2.putText(page, f"written {number // 3}", (900, 715), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 16, 1, cv2.LINE_AA)
    data = np.full((SIZE[1] * 3 // 2, SIZE[0]), 128, np.uint8)
    data[: SIZE[1]] = page
    return av.VideoFrame.from_ndarray(data, format="yuv420p")


async def sent(name: str, *, still: bool) -> list[Produced]:
    """What is made of a second and a half of the screen, at a pace that the encoder keeps up with."""
    made: list[Produced] = []
    sender = VideoSender((Codec(name, 96, 90_000, 1, {}, None),), made.append)
    sender.set_target(LINE_BPS)
    sender.set_still(still)
    sender.start()
    for number in range(PICTURES):
        seen = sender.frames_encoded + sender.frames_skipped
        sender.video(VideoBlock(screen(number), 100 + number / 30))
        await until(lambda then=seen: sender.frames_encoded + sender.frames_skipped > then)  # type: ignore[misc]
    await asyncio.sleep(0.05)
    sender.stop()
    await asyncio.to_thread(sender.join)
    return made


def sharpness(name: str, made: list[Produced]) -> float:
    """PSNR of the last picture, at the size of the screen."""
    decoder, frames = make_decoder(name), []
    for each in made:
        frames += decoder.decode(each.picture.data)
    decoder.close()
    number = round((made[-1].made_at_s - 100) * 30)
    return psnr(frames[-1].reformat(*SIZE, interpolation=Interpolation.BICUBIC), screen(number))


@pytest.mark.parametrize(
    "name", ["AV1", pytest.param("VP9", marks=pytest.mark.slow), pytest.param("H264", marks=pytest.mark.slow)]
)
async def test_text_keeps_its_size_and_is_sharper_while_the_pace_gives_way(name: str) -> None:
    still, moving = await sent(name, still=True), await sent(name, still=False)
    assert {(each.picture.width, each.picture.height) for each in still} == {SIZE}
    assert len(still) < len(moving)
    assert sharpness(name, still) > sharpness(name, moving) + 1
