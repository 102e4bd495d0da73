"""The licences of this program and of all that it is made with (clause 3)."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QWidget

from vidphone.resources import assets_dir
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.theme import Theme
from vidphone.ui.main.about.sheet import Sheet

LIST = "THIRD-PARTY-LICENSES.md"
MAX_BYTES = 2_000_000
"""Of one text."""


def licence_files() -> dict[str, Path]:
    """The texts there are, by name: the list first. A package has all of them, a checkout its own two."""
    folder = assets_dir() / "licences"
    if folder.is_dir():
        first = (folder / LIST, folder / "vidphone-LICENSE")
        others = sorted(path for path in folder.rglob("*") if path.is_file() and path not in first)
        return {path.relative_to(folder).as_posix(): path for path in (*first, *others) if path.is_file()}
    return {path.name: path for path in _of_checkout() if path.is_file()}


def _of_checkout() -> Iterator[Path]:
    root = assets_dir().parent
    places = (root, *sorted(root.parent.glob("vidphone-*.dist-info/licenses")))  # beside the package, where pip puts it
    for place in places:
        yield from (place / LIST, place / "LICENSE")


class LicencesDialog(Sheet):
    """The list as it is; each name of a text in a package leads to the text."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent, "ui.licences.title", "ui.licences.what")
        self._files = licence_files()
        self.back = PushButton(theme, "ui.licences.all", icon="chevron-left")
        self.close_button = PushButton(theme, "ui.close", "accent")
        self.add_button(self.back)
        self.line.addStretch(1)
        self.add_button(self.close_button)
        self.back.clicked.connect(self._list)
        self.close_button.clicked.connect(self.accept)
        self.paper.anchorClicked.connect(self._open)
        self._list()
        self.close_button.setFocus()

    def _list(self) -> None:
        self.back.hide()
        names = list(self._files)
        text = self._read(names[0]) if names else ""
        links = "\n".join(f"- [{name}](text:{number})" for number, name in enumerate(names[1:], 1))
        self.paper.setMarkdown(f"{text}\n\n{links}\n")

    def _open(self, url: QUrl) -> None:
        number = url.toString().removeprefix("text:")
        if number.isdecimal() and 0 < int(number) < len(self._files):
            self.paper.setPlainText(self._read(list(self._files)[int(number)]))
            self.back.show()

    def _read(self, name: str) -> str:
        try:
            with self._files[name].open("rb") as file:
                return file.read(MAX_BYTES).decode("utf-8", "replace")
        except OSError:
            return name
