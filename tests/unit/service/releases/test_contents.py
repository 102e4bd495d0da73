from hashlib import sha256
from pathlib import Path

import pytest

from vidphone.service.releases.contents import Contents
from vidphone.service.releases.refusal import Refusal
from vidphone.wire.packing import delta, pack
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


def test_upload_that_leaves_too_little_of_the_disk_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal, Contents(tmp_path, 2**60).incoming(1):
        pass
    assert refusal.value.reason == "no-room"
