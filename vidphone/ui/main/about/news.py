"""What is new in a version that is ready."""

from PySide6.QtWidgets import QWidget

from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.theme import Theme
from vidphone.ui.main.about.sheet import Sheet
from vidphone.ui.main.about.view import AboutView


class NewsDialog(Sheet):
    """The notes of its makers, in the language of the moment."""

    def __init__(self, theme: Theme, view: AboutView, parent: QWidget) -> None:
        version = view.upgrade.version if view.upgrade is not None else ""
        super().__init__(theme, parent, "ui.upgrade.more", "ui.upgrade.changed", version=version)
        self.paper.setPlainText(view.notes(theme.language) or theme.words("ui.upgrade.no-notes"))
        self.close_button = PushButton(theme, "ui.close", "accent")
        self.line.addStretch(1)
        self.add_button(self.close_button)
        self.close_button.clicked.connect(self.accept)
        self.close_button.setFocus()
