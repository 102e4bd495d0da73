"""What a Linux desktop is told of the program: menu entry with link handlers, AppStream description, icons."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
ICON = HERE.parents[1] / "assets" / "icons" / "vidphone.svg"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
DESKTOP_FILE = Path("share/applications/vidphone.desktop")
METAINFO = Path("share/metainfo")
ICONS = Path("share/icons/hicolor")


@dataclass(frozen=True)
class Provider:
    """Whose build it is; the defaults are a build of the project itself."""

    name: str = "The vidphone project"
    homepage: str = "https://vidphone.example.com/"
    id: str = "com.example.vidphone"
    """Reversed domain of the provider and `vidphone`: the component's name in software centres."""


def write(into: Path, executable: str, provider: Provider, version: str, epoch: int, *, gpl: bool) -> None:
    """Write entry, description and icons below `into` (as in `/usr`), `executable` being what the entry starts."""
    entry = (HERE / "vidphone.desktop").read_text(encoding="utf-8").replace("@EXEC@", executable)
    _write(into / DESKTOP_FILE, entry)
    described = (HERE / "vidphone.metainfo.xml").read_text(encoding="utf-8")
    places = {
        "@ID@": provider.id,
        "@LICENCE@": "Apache-2.0 AND GPL-2.0-or-later" if gpl else "Apache-2.0",
        "@DEVELOPER_ID@": provider.id.rpartition(".")[0],
        "@DEVELOPER@": _escaped(provider.name),
        "@HOMEPAGE@": _escaped(provider.homepage),
        "@VERSION@": version,
        "@DATE@": datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d"),
    }
    for place, said in places.items():
        described = described.replace(place, said)
    _write(into / METAINFO / f"{provider.id}.metainfo.xml", described)
    icons(into / ICONS)


def icons(folder: Path) -> None:
    """The icon in every size of the hicolor theme, drawn from its SVG, which goes along."""
    from PySide6.QtCore import Qt  # noqa: PLC0415 - only for this; painting without letters needs no application
    from PySide6.QtGui import QImage, QPainter  # noqa: PLC0415
    from PySide6.QtSvg import QSvgRenderer  # noqa: PLC0415

    renderer = QSvgRenderer(str(ICON))
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        renderer.render(painter)
        painter.end()
        path = folder / f"{size}x{size}" / "apps" / "vidphone.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not image.save(str(path)):
            raise SystemExit(f"{path} cannot be written")
    scalable = folder / "scalable" / "apps" / "vidphone.svg"
    scalable.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ICON, scalable)


def validate(into: Path) -> list[str]:
    """What `desktop-file-validate` and `appstreamcli` find wrong, where they are installed.

    Raises:
        SystemExit: they find a fault.
    """
    asked = []
    checks = {
        "desktop-file-validate": [str(into / DESKTOP_FILE)],
        "appstreamcli": ["validate", "--no-net", *map(str, sorted((into / METAINFO).iterdir()))],
    }
    for tool, arguments in checks.items():
        if shutil.which(tool) is None:
            continue
        answer = subprocess.run([tool, *arguments], capture_output=True, text=True, check=False)
        if answer.returncode:
            raise SystemExit(f"{tool}: {answer.stdout}{answer.stderr}")
        asked.append(tool)
    return asked


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
