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
