import pytest

from vidphone.media import selfcheck
from vidphone.media.rtc import encoders


@pytest.mark.parametrize("codec", selfcheck.CODECS)
def test_every_codec_works_here(codec: str) -> None:
    assert selfcheck.works(codec)


def test_a_codec_that_the_library_was_built_without_does_not_work(monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing:
        def __init__(self) -> None:
            raise ValueError("libx264 not found")

    monkeypatch.setitem(encoders.ENCODERS, "H264", Missing)
    assert not selfcheck.works("H264")
