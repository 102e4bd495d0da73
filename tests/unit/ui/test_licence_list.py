from pathlib import Path

import pytest

from vidphone.ui.main.about import licence_list
from vidphone.ui.main.about.licence_list import Licences, licences

INDEX = """\
FFmpeg (in PyAV): LGPL-3.0-or-later (texts/LGPL-3, texts/GPL-3)
PyInstaller's boot loader: GPL-2.0-or-later with its exception (packages/pyinstaller-COPYING.txt)
libssl3: from the distribution (system/libssl3)
python3.dll: of Python or of the system's own libraries
pyhanko 0.38.0: MIT (packages/pyhanko-*)
pyhanko-certvalidator 0.33.0: BSD, in parts (packages/pyhanko-certvalidator-*)
"""
FILES = {
    "THIRD-PARTY-LICENSES.md": "# Third-party software",
    "vidphone-LICENSE": "Apache License",
    "texts/LGPL-3": "lesser",
    "texts/GPL-3": "general",
    "packages/pyinstaller-COPYING.txt": "exception",
    "packages/pyhanko-LICENSE": "hanko",
    "packages/pyhanko-certvalidator-LICENSE": "validator",
    "system/libssl3": "openssl",
}


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The assets of a package, with its texts."""
    folder = tmp_path / "licences"
    for name, words in {**FILES, "INDEX.txt": INDEX}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(words, encoding="utf-8")
    monkeypatch.setattr(licence_list, "assets_dir", lambda: tmp_path)
    return folder


def told(found: Licences) -> dict[str, tuple[str, str]]:
    return {one.name: (one.licence, one.read()) for one in found.listed}


def test_a_package_shows_all_of_its_index_with_the_whole_texts(packaged: Path) -> None:
    found = licences("vidphone")
    assert found.overview == "# Third-party software"
    assert found.listed[0].name == "vidphone"
    assert told(found) == {
        "vidphone": ("Apache-2.0", "Apache License"),
        "FFmpeg (in PyAV)": ("LGPL-3.0-or-later", "lesser\n\n\ngeneral"),
        "PyInstaller's boot loader": ("GPL-2.0-or-later with its exception", "exception"),
        "libssl3": ("from the distribution", "openssl"),
        "python3.dll": ("of Python or of the system's own libraries", ""),
        "pyhanko 0.38.0": ("MIT", "hanko"),
        "pyhanko-certvalidator 0.33.0": ("BSD, in parts", "validator"),
    }


def test_a_text_that_is_gone_leaves_the_rest(packaged: Path) -> None:
    (packaged / "texts" / "LGPL-3").unlink()
    assert told(licences("vidphone"))["FFmpeg (in PyAV)"] == ("LGPL-3.0-or-later", "general")


def test_elsewhere_the_projects_list_leads_to_the_texts_beside_each_package() -> None:
    found = licences("vidphone")
    assert found.overview.startswith("# Third-party software")
    assert len(found.listed) > 60
    assert "Apache License" in found.listed[0].read()
    httpx = next(one for one in found.listed if one.name.startswith("httpx "))
    assert httpx.licence == "BSD-3-Clause"
    assert httpx.home.startswith("https://")
    assert "Redistribution and use" in httpx.read()


@pytest.mark.parametrize(
    ("sought", "names"),
    [
        ("", ["vidphone", "FFmpeg (in PyAV)", "PyInstaller's boot loader", "libssl3"]),
        ("FFMPEG", ["FFmpeg (in PyAV)"]),
        ("gpl pyav", ["FFmpeg (in PyAV)"]),
        ("gpl", ["FFmpeg (in PyAV)", "PyInstaller's boot loader"]),
        ("nothing", []),
    ],
)
def test_names_and_licences_are_searched(packaged: Path, sought: str, names: list[str]) -> None:
    assert [one.name for one in licences("vidphone").found(sought)][:4] == names
