import subprocess
import sys

import av
import pytest

from tests.unit.media.codec.pictures import picture
from vidphone.media.codec import make, svt_library, vpx_library, x264_library
from vidphone.media.codec.choose import PREFERENCE, Machine, choose
from vidphone.media.codec.decoders import available_decoders, is_keyframe, make_decoder
from vidphone.media.codec.libav import RECIPES, LibavEncoder, Recipe, probe_hardware
from vidphone.media.codec.make import FallbackEncoder, available_encoders, make_encoder
from vidphone.media.codec.picture import DecodeError, EncodedPicture, EncodeError
from vidphone.media.codec.vpx import vpx_encoder

PYAV = {"AV1": "libsvtav1", "H264": "libx264", "VP9": "libvpx-vp9", "VP8": "libvpx"}


class Failing:
    """Stands for an encoder of hardware that is taken away after some pictures."""

    name = "VP8"
    implementation = "stand-in"

    def __init__(self, pictures: int) -> None:
        self.left = pictures
        self.closed = False
        self.encoder = vpx_encoder("VP8", fps=30, speed=2, still=False)

    def encode(
        self, frame: av.VideoFrame, *, bitrate_bps: int, keyframe: bool = False, now_s: float | None = None
    ) -> EncodedPicture | None:
        self.left -= 1
        if self.left < 0:
            raise EncodeError("gone")
        return self.encoder.encode(frame, bitrate_bps=bitrate_bps, keyframe=keyframe, now_s=now_s)

    def close(self) -> None:
        self.closed = True
        self.encoder.close()


def test_the_call_goes_on_when_an_encoder_fails() -> None:
    failing = Failing(3)
    encoder = FallbackEncoder("VP8", [lambda: failing, lambda: vpx_encoder("VP8", fps=30, speed=0, still=False)])
    decoder = make_decoder("VP8")
    made = []
    for index in range(6):
        each = encoder.encode(picture(index), bitrate_bps=2_000_000)
        assert each is not None
        assert len(decoder.decode(each.data)) == 1
        made.append(each)
    assert [each.keyframe for each in made] == [True, False, False, True, False, False]
    assert failing.closed
    assert encoder.implementation == "libvpx"
    encoder.close()


def test_failing_of_all_encoders_is_told() -> None:
    encoder = FallbackEncoder("VP8", [lambda: Failing(0), lambda: Failing(0)])
    with pytest.raises(EncodeError):
        encoder.encode(picture(0), bitrate_bps=500_000)


def test_missing_hardware_is_found_missing() -> None:
    assert probe_hardware({"H264": ("h264_nonsense",)}) == {}
    for name, implementation in probe_hardware().items():
        assert implementation.startswith(name.lower())


def test_probe_takes_what_really_encodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RECIPES, "libx264", Recipe("libx264"))  # it looks ahead, so holds pictures back
    assert probe_hardware({"H264": ("libx264",)}) == {}
    monkeypatch.undo()
    assert probe_hardware({"H264": ("h264_nonsense", "libx264")}) == {"H264": "libx264"}


@pytest.mark.parametrize("name", PYAV)
def test_pyav_serves_where_the_library_cannot_be_driven(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (svt_library, vpx_library, x264_library):
        monkeypatch.setattr(module, "load", lambda: None)
    encoder, decoder = make_encoder(name), make_decoder(name)
    for index in range(8):
        made = encoder.encode(picture(index), bitrate_bps=2_000_000)
        if made is not None:
            assert len(decoder.decode(made.data)) == 1
    assert encoder.implementation == PYAV[name]
    encoder.close()


def test_an_encoder_that_does_not_follow_is_made_anew_but_rarely() -> None:
    encoder = LibavEncoder("VP8", RECIPES["libvpx"], fps=30)
    keyframes = 0
    for index in range(120):
        made = encoder.encode(picture(index), bitrate_bps=1_000_000 if index % 2 else 700_000)
        keyframes += bool(made and made.keyframe)
    encoder.close()
    assert keyframes <= 2


def test_h264_is_offered_only_where_its_licence_is_wanted() -> None:
    assert set(available_encoders()) == {"AV1", "H264", "VP9", "VP8"} == set(available_decoders())
    assert set(available_encoders(gpl=False)) == {"AV1", "VP9", "VP8"}
    assert "H264" in available_encoders(gpl=False, hardware={"H264": "h264_nvenc"})


def without(monkeypatch: pytest.MonkeyPatch, *encoders: str) -> None:
    """FFmpeg as configured without these, and no x264 beside it: as `packaging/pyav_without_gpl.sh` makes it."""
    monkeypatch.setattr(av, "codecs_available", set(av.codecs_available) - set(encoders))
    monkeypatch.setattr(x264_library, "load", lambda: None)


def test_without_x264_the_other_three_are_sent_and_all_four_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "libx264", "libx264rgb", "libx265")
    assert available_encoders() == ("AV1", "VP9", "VP8")
    assert set(available_decoders()) == {"AV1", "VP9", "VP8", "H264"}
    machine = Machine(4)
    for peer, chosen in (
        (PREFERENCE, "AV1"), (("H264", "VP9", "VP8"), "VP9"), (("H264", "VP8"), "VP8"), (("H264",), None),
    ):  # fmt: skip
        choice = choose(available_encoders(), peer, machine, pixels_per_s=1280 * 720 * 30)
        assert (choice.name if choice else None) == chosen
    with pytest.raises(EncodeError):
        make_encoder("H264")


def test_a_library_that_is_driven_directly_need_not_be_in_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, *PYAV.values())
    assert available_encoders() == ("AV1", "VP9", "VP8")
    for name in available_encoders():
        encoder = make_encoder(name)
        made = encoder.encode(picture(0), bitrate_bps=1_000_000)
        assert made is not None
        assert len(make_decoder(name).decode(made.data)) == 1
        encoder.close()


def test_another_version_of_a_library_is_not_driven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(svt_library, "VERSION", b"v5.")
    monkeypatch.setattr(vpx_library, "FIELDS", {**vpx_library.FIELDS, "g_w": 20})
    monkeypatch.setattr(x264_library, "CSP_AT", 48)
    for module in (svt_library, vpx_library, x264_library):
        module.load.cache_clear()
    try:
        assert [module.load() for module in (svt_library, vpx_library, x264_library)] == [None, None, None]
        assert make_encoder("AV1") is not None
    finally:
        monkeypatch.undo()
        for module in (svt_library, vpx_library, x264_library):
            module.load.cache_clear()


def test_damaged_data_is_no_keyframe() -> None:
    for name in make.SOFTWARE:
        for data in (b"", b"\x00", b"\xff" * 5, b"\x00\x00\x01", bytes(40)):
            assert name == "VP8" or not is_keyframe(name, data)
        with pytest.raises(DecodeError):
            make_decoder(name).decode(b"\xff" * 40)


def test_libraries_write_nothing_to_the_terminal() -> None:
    script = """
from tests.unit.media.codec.pictures import picture
from vidphone.media.codec import DecodeError, make_decoder, make_encoder
for name in ("AV1", "H264", "VP9", "VP8"):
    encoder, decoder = make_encoder(name), make_decoder(name)
    for index in range(4):
        made = encoder.encode(picture(index), bitrate_bps=2_000_000)
        try:
            decoder.decode(made.data if index < 2 else made.data[:9] + bytes(60))
        except DecodeError:
            pass
    encoder.close()
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60, check=True)
    assert (ran.stdout, ran.stderr) == (b"", b"")
