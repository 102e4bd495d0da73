from collections.abc import Iterator
from pathlib import Path

import pytest
from tuf.api.exceptions import DownloadError, DownloadLengthMismatchError, SlowRetrievalError

from tests.support import mirror as bad
from tests.support.mirror import Mirror
from vidphone.account.upgrades import fetching
from vidphone.account.upgrades.fetching import Fetcher
from vidphone.account.upgrades.pace import Pace, Stop, Stopped
from vidphone.wire.errors import ErrorCode, VidphoneError

CONTENT = bytes(range(256)) * 1_000


class Ticking:
    """A clock on which every look takes half a second."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.5
        return self.now


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    (tmp_path / "a.json").write_bytes(CONTENT)
    (tmp_path / "blob").write_bytes(CONTENT)
    return Mirror(tmp_path)


@pytest.fixture
def url(mirror: Mirror) -> Iterator[str]:
    with mirror.serve() as address:
        yield address


@pytest.fixture
def fetcher(url: str) -> Iterator[Fetcher]:
    made = Fetcher(url)
    yield made
    made.close()


def blob(fetcher: Fetcher, url: str, begun: int = 0, size: int = len(CONTENT)) -> tuple[int, bytes]:
    with fetcher.rest(f"{url}/blob", begun, size, Pace()) as (start, chunks):
        return start, b"".join(chunks)


@pytest.mark.parametrize("zstd", [False, True])
def test_json_comes_packed_and_a_blob_as_it_is(fetcher: Fetcher, url: str, mirror: Mirror, zstd: bool) -> None:
    mirror.zstd = zstd
    assert fetcher.download_bytes(f"{url}/a.json", len(CONTENT)) == CONTENT
    assert fetcher.received < len(CONTENT) / 10
    assert blob(fetcher, url) == (0, CONTENT)
    assert fetcher.date_epoch_s is not None


def test_a_blob_goes_on_where_it_broke_off(fetcher: Fetcher, url: str) -> None:
    assert blob(fetcher, url, begun=200_000) == (200_000, CONTENT[200_000:])


def test_where_the_other_end_cannot_go_on_it_begins_again(fetcher: Fetcher, url: str, mirror: Mirror) -> None:
    mirror.misdeeds["blob"] = bad.from_the_beginning
    assert blob(fetcher, url, begun=200_000) == (0, CONTENT)


def test_another_part_than_was_asked_for_is_refused(fetcher: Fetcher, url: str, mirror: Mirror) -> None:
    mirror.misdeeds["blob"] = lambda answer, content: answer.head(206, 10, ("Content-Range", "bytes 5-14/256000"))
    with pytest.raises(DownloadError):
        blob(fetcher, url, begun=200_000)


@pytest.mark.parametrize("path", ["a.json", "blob"])
def test_endless_data_stop_at_what_was_asked_for(fetcher: Fetcher, url: str, mirror: Mirror, path: str) -> None:
    mirror.misdeeds[path] = bad.endless
    with pytest.raises(DownloadLengthMismatchError):
        blob(fetcher, url) if path == "blob" else fetcher.download_bytes(f"{url}/{path}", 16_384)
    assert fetcher.received < len(CONTENT) + 200_000


@pytest.mark.parametrize("deed", [bad.bomb, bad.zstd_bomb])
def test_a_bomb_is_unpacked_no_further_than_allowed(
    fetcher: Fetcher, url: str, mirror: Mirror, deed: bad.Misdeed
) -> None:
    mirror.misdeeds["a.json"] = deed
    with pytest.raises(DownloadLengthMismatchError):
        fetcher.download_bytes(f"{url}/a.json", 1_000_000)


def test_what_is_not_packed_as_it_says_is_refused(fetcher: Fetcher, url: str, mirror: Mirror) -> None:
    mirror.misdeeds["a.json"] = bad.zstd_junk
    with pytest.raises(DownloadError):
        fetcher.download_bytes(f"{url}/a.json", 1_000_000)


def test_a_drip_is_given_up(url: str, mirror: Mirror) -> None:
    mirror.misdeeds["blob|json"] = bad.drip
    fetcher = Fetcher(url, clock=Ticking())
    with pytest.raises(SlowRetrievalError):
        blob(fetcher, url, size=1_000_000)
    with pytest.raises(SlowRetrievalError):
        fetcher.download_bytes(f"{url}/a.json", 1_000_000)
    assert fetcher.received < 200
    fetcher.close()


def test_a_head_that_drips_is_given_up(
    fetcher: Fetcher, url: str, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "ANSWER_TIMEOUT_S", 0.1)
    mirror.misdeeds["blob"] = bad.dripping_head
    with pytest.raises(DownloadError):
        blob(fetcher, url)


@pytest.mark.parametrize("deed", [bad.elsewhere, bad.half])
def test_a_redirect_or_half_an_answer_is_no_answer(
    fetcher: Fetcher, url: str, mirror: Mirror, deed: bad.Misdeed
) -> None:
    mirror.misdeeds["blob"] = deed
    with pytest.raises(DownloadError):
        blob(fetcher, url)


def test_nothing_is_fetched_from_elsewhere(fetcher: Fetcher) -> None:
    with pytest.raises(DownloadError):
        blob(fetcher, "http://127.0.0.1:9")


def test_only_this_machine_is_asked_in_the_open() -> None:
    with pytest.raises(VidphoneError) as refused:
        Fetcher("http://releases.example/v1/releases")
    assert refused.value.code is ErrorCode.SERVICE_NOT_SECURE


def test_a_fetch_that_waits_for_the_network_is_stopped(url: str, mirror: Mirror) -> None:
    stop = Stop()
    fetcher = Fetcher(url, stop=stop)
    mirror.misdeeds["blob"] = bad.half_and_silence
    chunks: list[bytes] = []

    def read() -> None:
        with fetcher.rest(f"{url}/blob", 0, len(CONTENT), Pace()) as (_, coming):
            for chunk in coming:
                chunks.append(chunk)
                stop.stop()

    with pytest.raises(Stopped):
        read()
    assert len(chunks) == 1
    fetcher.close()
