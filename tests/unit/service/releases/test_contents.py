import tracemalloc
from hashlib import sha256
from pathlib import Path

import pytest

from vidphone.service.releases.contents import Contents
from vidphone.service.releases.refusal import Refusal
from vidphone.wire.packing import MAX_DELTA_INPUT_BYTES, delta, pack
from vidphone.wire.release_staff import Wanted
from vidphone.wire.releases import blob_path

OLD, NEW = b"a content of some length " * 400, b"a content of some length " * 399 + b"and another end"


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def upload(contents: Contents, content: bytes, sha: str) -> None:
    with contents.incoming(len(content)) as path:
        path.write_bytes(content)
        contents.keep_blob(path, sha)


def test_content_is_kept_by_what_comes_out_of_it(tmp_path: Path) -> None:
    contents = Contents(tmp_path, 0)
    upload(contents, pack(OLD), digest(OLD))
    upload(contents, pack(OLD), digest(OLD))
    assert contents.stored(Wanted(blobs=(digest(OLD), digest(NEW)))).blobs == {digest(OLD): len(pack(OLD))}
    assert list((tmp_path / "incoming").iterdir()) == []


@pytest.mark.parametrize(
    "sent", [pack(NEW), OLD, b"", pack(OLD)[:-4], pack(OLD) + b"x", b"\x28\xb5\x2f\xfd" + b"\xff" * 40]
)
def test_other_content_is_refused_and_not_kept(tmp_path: Path, sent: bytes) -> None:
    contents = Contents(tmp_path, 0)
    with pytest.raises(Refusal) as refusal:
        upload(contents, sent, digest(OLD))
    assert refusal.value.reason == "content-differs"
    assert not (tmp_path / blob_path(digest(OLD))).exists()
    assert list((tmp_path / "incoming").iterdir()) == []


def test_delta_is_tried_before_it_is_kept(tmp_path: Path) -> None:
    contents, made = Contents(tmp_path, 0), delta(OLD, NEW)
    assert made is not None
    with contents.incoming(len(made)) as path:
        path.write_bytes(made)
        with pytest.raises(Refusal) as refusal:
            contents.keep_delta(path, digest(OLD), digest(NEW))
    assert refusal.value.reason == "content-missing"
    upload(contents, pack(OLD), digest(OLD))
    with contents.incoming(len(made)) as path:
        path.write_bytes(made)
        with pytest.raises(Refusal):
            contents.keep_delta(path, digest(OLD), digest(OLD))
        contents.keep_delta(path, digest(OLD), digest(NEW))
    name = f"{digest(OLD)}-{digest(NEW)}"
    assert contents.stored(Wanted(blobs=(), deltas=(name,))).deltas[name].size == len(made)


def test_delta_of_a_large_content_is_refused_before_it_fills_memory(tmp_path: Path) -> None:
    contents, large = Contents(tmp_path, 0), bytes(MAX_DELTA_INPUT_BYTES + 1)
    upload(contents, pack(large), digest(large))
    sha = digest(large)
    del large
    tracemalloc.start()
    try:
        with contents.incoming(1) as path:
            path.write_bytes(pack(NEW))
            with pytest.raises(Refusal):
                contents.keep_delta(path, sha, digest(NEW))
        assert tracemalloc.get_traced_memory()[1] < MAX_DELTA_INPUT_BYTES // 4
    finally:
        tracemalloc.stop()


def test_content_has_its_name_on_the_disk_before_it_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr("vidphone.service.releases.contents.sync_folder", synced.append)
    contents, path = Contents(tmp_path, 0), tmp_path / blob_path(digest(OLD))
    upload(contents, pack(OLD), digest(OLD))
    assert synced == [path.parent, path.parent.parent]


def test_upload_that_leaves_too_little_of_the_disk_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal, Contents(tmp_path, 2**60).incoming(1):
        pass
    assert refusal.value.reason == "no-room"
