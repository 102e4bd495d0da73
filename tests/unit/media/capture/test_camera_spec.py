from pathlib import Path

import pytest

from tests.fakes.devices import DeviceNews, Eyes
from vidphone.media.capture.camera import Camera
from vidphone.media.capture.clip import Clip
from vidphone.media.capture.pattern import TestPicture
from vidphone.media.capture.select import NoCamera, camera_from


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        ("", Camera),
        ("camera:046d:0825:HD Webcam C525 v1.2", Camera),
        ("test", TestPicture),
        ("none", NoCamera),
        ("./missing.mp4", Clip),
        ("holiday.webm", Clip),
        ("timecode:holiday.webm", Clip),
    ],
)
def test_a_setting_names_its_source(spec: str, kind: type) -> None:
    assert type(camera_from(spec, Eyes(), DeviceNews())) is kind


def test_an_existing_file_is_a_clip_whatever_its_ending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "film").write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    assert type(camera_from("film", Eyes(), DeviceNews())) is Clip


def test_no_camera_starts_and_stops() -> None:
    source = camera_from("none", Eyes(), DeviceNews())
    source.start()
    source.stop()
