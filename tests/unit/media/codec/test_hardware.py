"""Looking for encoders of hardware."""

import threading
from collections.abc import Mapping

from vidphone.media.codec.hardware import HardwareEncoders


def test_what_is_found_is_known_later_and_looked_for_once() -> None:
    go_on, asked = threading.Event(), []

    def probe() -> Mapping[str, str]:
        asked.append(threading.current_thread())
        go_on.wait(5)
        return {"AV1": "av1_nvenc"}

    encoders = HardwareEncoders(probe)
    assert encoders.found() == {}
    encoders.look()
    encoders.look()
    assert encoders.found() == {}
    go_on.set()
    encoders.join()
    assert encoders.found() == {"AV1": "av1_nvenc"}
    assert len(asked) == 1
    assert asked[0] is not threading.current_thread()


def test_an_encoder_that_follows_no_rate_is_left_aside() -> None:
    encoders = HardwareEncoders(lambda: {"AV1": "av1_amf", "H264": "h264_nvenc"})
    encoders.look()
    encoders.join()
    assert encoders.found() == {"H264": "h264_nvenc"}
