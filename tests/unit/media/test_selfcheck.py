import pytest

from vidphone.media import selfcheck
from vidphone.media.codec import EncodeError


@pytest.mark.parametrize("codec", selfcheck.CODECS)
def test_every_codec_works_here(codec: str) -> None:
    assert selfcheck.works(codec)


def test_a_codec_that_the_library_was_built_without_does_not_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_name: str) -> None:
        raise EncodeError("no encoder for H264")

    monkeypatch.setattr(selfcheck, "make_encoder", missing)
    assert not selfcheck.works("H264")


def test_h264_may_be_without_an_encoder_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any(selfcheck.is_received_only(codec) for codec in selfcheck.CODECS)
    monkeypatch.setattr(selfcheck, "available_encoders", tuple)
    assert [codec for codec in selfcheck.CODECS if selfcheck.is_received_only(codec)] == ["H264"]
    monkeypatch.setattr(selfcheck, "available_decoders", tuple)
    assert not selfcheck.is_received_only("H264")
