import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.media.codec.pictures import picture
from vidphone.media.codec import make_encoder
from vidphone.media.codec.libav import RECIPES, LibavEncoder
from vidphone.media.codec.picture import VideoEncoder

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads the threads from /proc")

MAKERS: dict[str, Callable[[], VideoEncoder]] = {
    "AV1": lambda: make_encoder("AV1"),
    "AV1 over PyAV": lambda: LibavEncoder("AV1", RECIPES["libsvtav1"], fps=30),
    "H264": lambda: make_encoder("H264"),
    "VP9": lambda: make_encoder("VP9"),
}


def policies() -> set[int]:
    return {os.sched_getscheduler(int(entry.name)) for entry in Path("/proc/self/task").iterdir()}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS.keys())
def test_no_thread_of_an_encoder_goes_before_those_of_other_programs(make: Callable[[], VideoEncoder]) -> None:
    before, seen = policies(), set()

    def encode() -> None:
        encoder = make()
        encoder.encode(picture(0), bitrate_bps=500_000, keyframe=True)
        seen.update(policies())
        encoder.close()

    thread = threading.Thread(target=encode)
    thread.start()
    thread.join()
    assert seen == before
