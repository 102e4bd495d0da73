"""What goes into a package: our modules but the provider's side, no GPL where that was asked, a licence for all."""

import json
import shutil
from pathlib import Path

import pytest

from tests.support.frozen import PACKAGING, packaging_module

contents = packaging_module("contents")
desktop = packaging_module("desktop")
freeze = packaging_module("freeze")
licence_texts = packaging_module("licence_texts")


def test_the_providers_side_stays_out() -> None:
    names = contents.own_modules()
    assert {"vidphone", "vidphone.app", "vidphone.cli", "vidphone.phone.headless"} <= set(names)
    assert [name for name in names if name.startswith(("vidphone.service", "vidphone.release", "vidphone.demo"))] == []
    unwanted = set(contents.unwanted_modules())
    assert {"sqlalchemy", "fastapi", "pytest", "vidphone.service"} <= unwanted
    assert unwanted & {"PySide6", "av", "aiortc", "pydantic", "cv2", "tuf", "vidphone"} == set()


def test_gpl_libraries_are_found_by_name_by_who_asks_for_them_and_where_they_are_linked_in(tmp_path: Path) -> None:
    (tmp_path / "libx264-d6533a8d.so.165").write_bytes(b"")
    (tmp_path / "libavcodec-5e6b.so.62").write_bytes(b"...\0libx265-f5385bb8.so.216\0")
    (tmp_path / "libavcodec-free.so.62").write_bytes(b"...\0libvpx-12.so\0")
    (tmp_path / "x264_library.pyc").write_bytes(b"libx264-")
    (tmp_path / "libavutil-linked-in.so.60").write_bytes(b"\0--enable-libvpx --enable-gpl --enable-libx264\0")
    (tmp_path / "libavutil-free.so.60").write_bytes(b"\0--enable-libvpx --disable-gpl --enable-libdav1d\0")
    named = ["libavcodec-5e6b.so.62", "libavutil-linked-in.so.60", "libx264-d6533a8d.so.165"]
    assert freeze.gpl_libraries(tmp_path) == named


def test_a_tidied_folder_has_no_links_two_modes_and_one_time(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "empty").mkdir()
    (tmp_path / "lib" / "a.so").write_bytes(b"a")
    (tmp_path / "a.so").symlink_to("lib/a.so")
    (tmp_path / "vidphone").write_bytes(b"p")
    freeze.tidy(tmp_path, 1_000)
    found = {path.relative_to(tmp_path).as_posix(): path.lstat() for path in tmp_path.rglob("*") if not path.is_dir()}
    assert {name: (at.st_mode & 0o777, at.st_mtime) for name, at in found.items()} == {
        "lib/a.so": (0o644, 1_000),
        "vidphone": (0o755, 1_000),
    }
    assert not (tmp_path / "empty").exists()


@pytest.mark.parametrize(("version", "licence"), [("2.1", "LGPL-2.1-or-later"), ("3", "LGPL-3.0-or-later")])
def test_the_licence_of_ffmpeg_is_the_one_that_it_says(tmp_path: Path, version: str, licence: str) -> None:
    libraries = tmp_path / "_internal" / "av.libs"
    libraries.mkdir(parents=True)
    (libraries / "libavutil-1.so.60").write_bytes(f"\0libavutil license: LGPL version {version} or later\0".encode())
    lines = licence_texts.collect(tmp_path / "_internal", tmp_path / "licences")
    (said,) = [line for line in lines if line.startswith("FFmpeg")]
    assert said.startswith(f"FFmpeg (in PyAV): {licence} ")


def test_every_row_of_the_licence_table_has_its_texts() -> None:
    texts = PACKAGING / "licence-texts"
    rows = json.loads((texts / "bundled.json").read_text())["libraries"]
    named = {text for row in rows for text in row[3]}
    assert [text for text in named if not (texts / text).is_file()] == []
    assert {path.name for path in texts.iterdir()} - named == {"bundled.json"}


@pytest.mark.skipif(shutil.which("appstreamcli") is None, reason="no appstreamcli here")
def test_desktop_entry_and_description_are_valid(tmp_path: Path) -> None:
    provider = desktop.Provider("Wang & Sons <Telecom>", "https://phone.example.com/", "com.example.phone")
    desktop.write(tmp_path, "/usr/bin/vidphone", provider, "0.2.0", 1_795_430_000, gpl=False)
    assert "appstreamcli" in desktop.validate(tmp_path)
