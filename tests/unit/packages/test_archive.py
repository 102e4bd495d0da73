"""The self-installing archive, with a small program in it: what it installs, refuses and takes away again."""

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.frozen import packaging_module

archive = packaging_module("archive")
desktop = packaging_module("desktop")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a Linux package")
BUILD = "0.2.0+20261123.1-0123abcd"
PROGRAM = '#!/bin/sh\necho "ran $*"\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "my home"
    home.mkdir()
    return home


def packed(folder: Path, **changes: object) -> Path:
    for name in ("program", "launcher"):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "vidphone").write_text(PROGRAM)
        (folder / name / "vidphone").chmod(0o755)
    desktop.write(folder / "share-tree", "@EXEC@", desktop.Provider(), "0.2.0", 1_795_430_000, gpl=True)
    given: dict[str, object] = {
        "program": folder / "program",
        "launcher": folder / "launcher",
        "share": folder / "share-tree" / "share",
        "build_id": BUILD,
        "manifest": b"{}",
        "component": desktop.Provider().id,
        "machine": platform.machine(),
        "glibc": (2, 17),
        "epoch": 1_795_430_000,
    }
    path = folder / "vidphone.run"
    archive.write(archive.Contents(**(given | changes)), path, level=0)
    return path


def run(command: list[str], home: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C"} | more
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_it_installs_starts_and_leaves_nothing_but_what_is_the_persons(tmp_path: Path, home: Path) -> None:
    profile = home / ".local/share/vidphone"
    profile.mkdir(parents=True)
    (profile / "settings.json").write_text("{}")
    assert run(["sh", str(packed(tmp_path))], home).returncode == 0
    root = profile / "program"
    assert (root / "current").read_text() == f"{BUILD}\n"
    assert (root / "versions" / BUILD / ".release/manifest.json").read_bytes() == b"{}"
    assert run([str(home / ".local/bin/vidphone"), "tel:1002"], home).stdout == "ran tel:1002\n"
    entry = home / ".local/share/applications/vidphone.desktop"
    assert f'Exec="{root}/launcher/vidphone" %u' in entry.read_text().splitlines()
    assert {path.parts[-3] for path in (home / ".local/share/icons/hicolor").rglob("vidphone.png")} >= {
        "16x16",
        "512x512",
    }
    assert run([str(root / "uninstall")], home).returncode == 0
    left = {path.relative_to(home).as_posix() for path in home.rglob("*") if not path.is_dir()}
    assert left - {".local/share/applications/mimeinfo.cache"} == {".local/share/vidphone/settings.json"}


def test_a_second_build_goes_beside_the_first(tmp_path: Path, home: Path) -> None:
    run(["sh", str(packed(tmp_path))], home)
    second = BUILD.replace("0123", "4567")
    assert run(["sh", str(packed(tmp_path, build_id=second))], home).returncode == 0
    root = home / ".local/share/vidphone/program"
    assert sorted(path.name for path in (root / "versions").iterdir()) == [BUILD, second]
    assert (root / "current").read_text() == f"{second}\n"
    assert not (root / ".installing").exists()


def test_it_is_the_same_for_the_same_contents(tmp_path: Path) -> None:
    first = packed(tmp_path).read_bytes()
    assert packed(tmp_path).read_bytes() == first


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"machine": "riscv64"}, "for riscv64 machines"),
        ({"glibc": (9, 1)}, r"needs glibc 9\.1 or newer"),
    ],
)
def test_it_refuses_a_machine_it_is_not_for(tmp_path: Path, home: Path, changes: dict[str, object], said: str) -> None:
    refused = run(["sh", str(packed(tmp_path, **changes))], home)
    assert refused.returncode == 1
    assert re.search(said, refused.stderr)
    assert not (home / ".local").exists()


def edited(path: Path, old: bytes, new: bytes) -> Path:
    content = path.read_bytes()
    assert len(re.findall(old, content)) == 1
    path.write_bytes(re.sub(old, new, content))
    return path


def test_it_refuses_a_disk_without_room(tmp_path: Path, home: Path) -> None:
    path = edited(packed(tmp_path), rb"kilobytes=\d+", b"kilobytes=99999999999999")
    refused = run(["sh", str(path)], home)
    assert (refused.returncode, "MB free" in refused.stderr) == (1, True)
    assert not (home / ".local/share/vidphone/program/versions").exists()


def test_it_refuses_when_a_byte_of_it_changed(tmp_path: Path, home: Path) -> None:
    path = packed(tmp_path)
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)
    refused = run(["sh", str(path)], home, LC_ALL="zh_CN.UTF-8")
    assert (refused.returncode, "安装文件已损坏" in refused.stderr) == (1, True)
    assert not (home / ".local/share/vidphone/program/versions").exists()
