"""The camera that a setting or an option names."""

from pathlib import Path

from vidphone.media.capture.camera import Camera
from vidphone.media.capture.clip import Clip
from vidphone.media.capture.pattern import TestPicture
from vidphone.media.devices import DeviceListener
from vidphone.media.files import is_path
from vidphone.media.plumbing import Source, VideoSink

TEST = "test"
NONE = "none"


class NoCamera:
    """A `Source` that gives nothing, because nothing was asked for."""

    def start(self) -> None:
        """Nothing to begin."""

    def stop(self) -> None:
        """Nothing to end."""


def camera_from(spec: str, sink: VideoSink, listener: DeviceListener, *, who: str = "") -> Source:
    """The source that `spec` names; nothing is opened before its `start`.

    Args:
        spec: empty for the default camera; `test` for the test picture; `none`; the path of an existing file, which
            is played; `timecode:` and such a path, for the file with a timecode over it; else a device's id.
        sink: takes the pictures, on the source's own thread.
        listener: hears of a camera that is missing, busy or gone, and of one that is back.
        who: chooses the looks of the person in the test picture.
    """
    if spec == TEST:
        return TestPicture(sink, who=who)
    if spec == NONE:
        return NoCamera()
    path = spec.removeprefix("timecode:")
    if path != spec or is_path(spec):
        return Clip(Path(path), sink, timecode=path != spec)
    return Camera(spec, sink, listener)
