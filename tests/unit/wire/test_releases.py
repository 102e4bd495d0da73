import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from vidphone.wire.release_paths import fault_of_path, fault_of_paths
from vidphone.wire.releases import (
    BUCKETS,
    Channel,
    File,
    Manifest,
    Rollout,
    Step,
    blob_path,
    bucket,
    build_id,
    content_hash,
    target_path,
    version_key,
)

SHA = "a" * 64
OTHER = "b" * 64


def body(files: list[dict[str, object]] | None = None, **fields: object) -> dict[str, object]:
    listed = files or [{"path": "bin/vidphone", "mode": 0o755, "size": 10, "sha256": SHA}]
    try:
        name = build_id("0.2.0", "20261123", 4, [File.model_validate(file) for file in listed])
    except ValidationError:
        name = "0.2.0+20261123.4-00000000"
    return {
        "channel": "stable",
        "platform": "linux-x86_64",
        "build_id": name,
        "sequence": 4,
        "version": "0.2.0",
        "min_version": "0.1.0",
        "created_at": 1_795_000_000.0,
        "notes": {"zh": "新", "en": "new"},
        "rollout": {"salt": "s", "percent": 100},
        "files": listed,
        "blobs": {str(file["sha256"]): {"size": 20} for file in listed},
    } | fields


def read(content: dict[str, object]) -> Manifest:
    return Manifest.model_validate_json(json.dumps(content))


def test_a_manifest_is_read_as_it_was_written() -> None:
    manifest = read(body(deltas=[{"from": OTHER, "to": SHA, "size": 5, "sha256": OTHER}]))
    assert Manifest.model_validate_json(manifest.model_dump_json(by_alias=True)) == manifest
    assert target_path(Channel.STABLE, manifest.platform) == "stable/linux-x86_64/manifest.json"
    assert blob_path(SHA) == f"blobs/aa/{SHA}.zst"


EVIL_PATHS = [
    "../up",
    "a/../../up",
    "/etc/passwd",
    "a//b",
    "a/./b",
    "",
    "a\\..\\b",
    "C:/windows",
    "a:stream",
    "a/nul.txt",
    "COM1",
    "a.",
    "a ",
    " a",
    "a\nb",
    "a\x00b",
    ".release/manifest.json",
    ".Release/x",
    "\u202egpj.exe",
    "e\u0301",
    "/".join("a" * 40),
    "a" * 241,
]


@pytest.mark.parametrize("path", EVIL_PATHS)
def test_a_path_stays_in_its_folder_on_every_system(path: str) -> None:
    with pytest.raises(ValidationError):
        read(body([{"path": path, "mode": 0o644, "size": 1, "sha256": SHA}]))


@pytest.mark.parametrize(
    ("paths", "fault"), [(["a", "A"], "one file"), (["a", "a/b"], "folder"), (["A/b", "a"], "folder")]
)
def test_two_paths_are_not_one(paths: list[str], fault: str) -> None:
    assert fault in str(fault_of_paths(paths))


@given(st.text(max_size=60))
def test_a_path_without_fault_goes_down_only(path: str) -> None:
    if fault_of_path(path) is None:
        assert all(part not in {"", ".", ".."} for part in path.split("/"))
        assert not set(path) & set('\\:\x00*?"<>|')


def test_ordinary_paths_have_no_fault() -> None:
    paths = ["vidphone", "_internal/libQt6Core.so.6", "_internal/assets/文字.json", "a/b c.txt", "_internal/.x/y++"]
    assert fault_of_paths(paths) is None


FILE = {"path": "a", "mode": 0o644, "size": 1, "sha256": SHA}
UNSOUND = {
    "a link": body([FILE | {"link": "/etc/passwd"}]),
    "set-user-id": body([FILE | {"mode": 0o4755}]),
    "a negative size": body([FILE | {"size": -1}]),
    "too large a file": body([FILE | {"size": 2**31}]),
    "two sizes": body([FILE, FILE | {"path": "b", "size": 2}]),
    "a blob is missing": body(blobs={}),
    "a blob too many": body(blobs={SHA: {"size": 1}, OTHER: {"size": 1}}),
    "a huge blob": body(blobs={SHA: {"size": 10_000_000}}),
    "another packing": body(blobs={SHA: {"size": 1, "compression": "lzma"}}),
    "a delta to nowhere": body(deltas=[{"from": SHA, "to": OTHER, "size": 1, "sha256": SHA}]),
    "a delta twice": body(deltas=[{"from": OTHER, "to": SHA, "size": 1, "sha256": SHA}] * 2),
    "a test for everyone": body(channel="test"),
    "a name of other content": body(build_id="0.2.0+20261123.4-00000000"),
    "a name of another version": body(version="0.3.0"),
    "above itself": body(min_version="0.2.1"),
    "another format": body(format=2),
    "an unknown field": body(run="rm"),
    "no files": body() | {"files": []},
    "sequence 0": body(sequence=0),
    "no time": body(created_at=float("inf")),
    "a falling rollout": body(rollout={"salt": "s", "percent": 50, "steps": [{"percent": 10, "after_s": 9}]}),
    "a platform that climbs": body(platform="linux-../.."),
}


@pytest.mark.parametrize("name", UNSOUND)
def test_an_unsound_manifest_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        read(UNSOUND[name])


def test_the_name_of_a_build_is_that_of_its_content_in_any_order() -> None:
    one, two = (File(path=path, mode=0o644, size=1, sha256=SHA) for path in "ab")
    assert content_hash([one, two]) == content_hash([two, one])
    assert content_hash([one]) != content_hash([File(path="a", mode=0o755, size=1, sha256=SHA)])


def test_versions_are_ordered_by_number() -> None:
    assert version_key("0.10.0") > version_key("0.9.9")


@given(st.floats(0, 100), st.floats(0, 100))
def test_whoever_had_a_build_keeps_it_as_the_rollout_grows(one: float, other: float) -> None:
    low, high = sorted((one, other))
    rollout = Rollout(salt="s", percent=low, steps=(Step(percent=high, after_s=60),))
    for number in range(20):
        install = f"{number:032x}"
        assert rollout.reaches(install, 60.0) or not rollout.reaches(install, 59.0)


def test_a_rollout_reaches_its_share_and_other_ones_with_another_salt() -> None:
    installs = [f"{number:032x}" for number in range(4_000)]
    reached = {install for install in installs if Rollout(salt="s", percent=10).reaches(install, 0)}
    others = {install for install in installs if Rollout(salt="t", percent=10).reaches(install, 0)}
    assert 0.08 < len(reached) / len(installs) < 0.12
    assert len(reached & others) < len(reached) / 3
    assert all(Rollout(salt="s", percent=100).reaches(install, 0) for install in installs)
    assert not any(Rollout(salt="s", percent=0).reaches(install, 0) for install in installs)
    assert 0 <= bucket("s", installs[0]) < BUCKETS
