import stat
from pathlib import Path

import pytest

from vidphone.release.building import Wish, build, open_build
from vidphone.release.said import Refused
from vidphone.wire.packing import apply_delta, unpack

WISH = Wish("0.2.0", "linux-x86_64", 1_795_392_000.0)
BIG = b"".join(bytes([number % 251, number // 251 % 256]) * 8 for number in range(4_000))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    (folder / "lib").mkdir(parents=True)
    (folder / "vidphone").write_bytes(b"program")
    (folder / "vidphone").chmod(0o700)
    (folder / "lib" / "big.so").write_bytes(BIG)
    (folder / "lib" / "same.so").write_bytes(BIG)
    return folder


def test_build_lists_files_by_content_and_mode(tree: Path, tmp_path: Path) -> None:
    made = build(tree, WISH, tmp_path / "out")
    assert [(file.path, oct(file.mode)) for file in made.build.files] == [
        ("lib/big.so", "0o644"),
        ("lib/same.so", "0o644"),
        ("vidphone", "0o755"),
    ]
    assert len(made.build.blobs) == 2
    digest = made.build.files[0].sha256
    assert b"".join(unpack([made.blob(digest).read_bytes()], len(BIG))) == BIG
    assert open_build(made.folder) == made


def test_same_folder_makes_the_same_bytes(tree: Path, tmp_path: Path) -> None:
    one, other = (build(tree, WISH, tmp_path / name) for name in ("one", "other"))
    files = [sorted(path for path in made.folder.rglob("*") if path.is_file()) for made in (one, other)]
    assert [path.read_bytes() for path in files[0]] == [path.read_bytes() for path in files[1]]
    assert one.folder.name == other.folder.name


def test_changed_file_comes_with_a_delta_and_the_rest_is_taken_over(tree: Path, tmp_path: Path) -> None:
    before = build(tree, WISH, tmp_path / "out")
    changed = BIG[:5_000] + b"changed" + BIG[5_000:]
    (tree / "lib" / "big.so").write_bytes(changed)
    after = build(tree, Wish("0.3.0", WISH.platform, WISH.created_at), tmp_path / "out", [before])
    (delta,) = after.build.deltas
    assert (delta.from_, delta.to) == (before.build.files[0].sha256, after.build.files[0].sha256)
    assert b"".join(apply_delta(BIG, [after.delta(delta).read_bytes()], len(changed))) == changed
    same = after.build.files[1].sha256
    assert after.blob(same).stat().st_ino == before.blob(same).stat().st_ino


def test_link_inside_stands_for_its_file(tree: Path, tmp_path: Path) -> None:
    (tree / "lib" / "link.so").symlink_to("big.so")
    made = build(tree, WISH, tmp_path / "out")
    assert {file.path for file in made.build.files} >= {"lib/link.so"}
    assert stat.S_ISREG((made.folder / "build.json").stat().st_mode)


@pytest.mark.parametrize("target", ["/etc/hostname", "../outside", "nowhere", "lib"])
def test_link_that_leaves_the_folder_is_named(tree: Path, tmp_path: Path, target: str) -> None:
    (tmp_path / "outside").write_bytes(b"x")
    (tree / "link").symlink_to(target)
    with pytest.raises(Refused, match="link"):
        build(tree, WISH, tmp_path / "out")


@pytest.mark.parametrize("wish", [Wish("0.2", "linux-x86_64", 0.0), Wish("0.2.0", "amiga-68k", 0.0)])
def test_what_is_no_version_or_platform_is_refused(tree: Path, tmp_path: Path, wish: Wish) -> None:
    with pytest.raises(Refused):
        build(tree, wish, tmp_path / "out")


def test_empty_folder_and_unfit_names_are_refused(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refused):
        build(tmp_path / "empty", WISH, tmp_path / "out")
    (tree / "con.txt").write_bytes(b"")
    with pytest.raises(Refused):
        build(tree, WISH, tmp_path / "out")
    with pytest.raises(Refused):
        open_build(tmp_path)


def test_a_path_that_is_too_long_is_named(tree: Path, tmp_path: Path) -> None:
    long = tree / ("a" * 120) / ("b" * 121)
    long.parent.mkdir()
    long.write_bytes(b"")
    with pytest.raises(Refused, match="bbb"):
        build(tree, WISH, tmp_path / "out")
