"""What a push offers is what lies with the service, whoever packed it."""

from hashlib import sha256
from pathlib import Path

import pytest
import zstandard

from tests.support.releases import Releases, manifest_of
from vidphone.release.building import Built
from vidphone.release.offering import upload
from vidphone.service.releases.contents import Contents
from vidphone.wire.packing import delta
from vidphone.wire.release_staff import Stored, Wanted
from vidphone.wire.releases import blob_path, delta_path

OLD = b"some text of a program, again and again " * 400
NEW = OLD[:8_000] + b"changed" + OLD[8_000:]


class Desk:
    """The service's own contents, without the way to them."""

    def __init__(self, contents: Contents, folder: Path) -> None:
        self._contents = contents
        self._folder = folder
        self.sent: list[str] = []

    def stored(self, wanted: Wanted) -> Stored:
        return self._contents.stored(wanted)

    def upload(self, path: str, file: Path) -> None:
        self.sent.append(path)
        with self._contents.incoming(0) as coming:
            coming.write_bytes(file.read_bytes())
            kind, _, name = path.partition("/")
            if kind == "blobs":
                self._contents.keep_blob(coming, name)
            else:
                self._contents.keep_delta(coming, *name.split("-"))


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path)


def built_twice(releases: Releases) -> Built:
    """The second of two builds: one content that is new, with a delta, and one that was there."""
    first = releases.build({"bin/a": OLD, "b": b"same" * 100})
    return releases.build({"bin/a": NEW, "b": b"same" * 100}, "0.3.0", previous=[first])


def test_what_another_machine_packed_otherwise_is_offered_as_it_lies_there(releases: Releases) -> None:
    built, folder = built_twice(releases), releases.folder
    old, new = sha256(OLD).hexdigest(), sha256(NEW).hexdigest()
    packer = zstandard.ZstdCompressor(level=1, write_checksum=True)
    known = zstandard.ZstdCompressor(dict_data=zstandard.ZstdCompressionDict(OLD, zstandard.DICT_TYPE_RAWCONTENT))
    for path, content in (
        (blob_path(old), packer.compress(OLD)),
        (blob_path(new), packer.compress(NEW)),
        (delta_path(old, new), known.compress(NEW)),
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    assert delta(OLD, NEW) != known.compress(NEW)
    desk = Desk(releases.repository.contents, folder)
    offered = upload(desk, built)
    assert desk.sent == [f"blobs/{sha256(b'same' * 100).hexdigest()}"]
    assert offered.blobs[new].size == len(packer.compress(NEW)) != built.build.blobs[new].size
    manifest = manifest_of(offered, "test", 1, ("1002",), releases.now)
    assert releases.repository.contents.lacking(manifest) is None


def test_what_the_service_lacks_is_sent_and_offered_as_it_was_built(releases: Releases) -> None:
    built = built_twice(releases)
    desk = Desk(releases.repository.contents, releases.folder)
    first = upload(desk, built)
    assert first.blobs == built.build.blobs
    assert first.deltas == ()  # nobody there has what they are made from
    assert len(desk.sent) == len(built.build.blobs)
    releases.upload(releases.build({"bin/a": OLD}))
    again = upload(desk, built)
    assert again.deltas == built.build.deltas
    assert releases.repository.contents.lacking(manifest_of(again, "test", 1, ("1002",), releases.now)) is None
