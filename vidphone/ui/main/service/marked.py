"""The words of a changed agreement, what is new underlined and what is gone struck through (clause 15)."""

import re
from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from vidphone.terms.agreement import parse
from vidphone.terms.comparison import Change, ClauseComparison, Part
from vidphone.texts import Language
from vidphone.ui.design.theme import Theme
from vidphone.ui.first_run.prices import words_in
from vidphone.wire.notices import ComparedVersions

_PLACE = re.compile(r"\{[a-z0-9_.]+\}")
_BLANK = "____"


def clauses_of(compared: ComparedVersions, language: Language) -> Sequence[ClauseComparison]:
    """What is to be shown; of an agreement that was signed on paper, the new text alone."""
    marked = compared.zh if language is Language.CHINESE else compared.en
    if marked:
        return marked
    return tuple(
        ClauseComparison(clause.number, None, clause.title, (Part(_text_of(clause.paragraphs), Change.SAME),))
        for clause in parse(words_in(compared.new, language)).clauses
    )


def _text_of(paragraphs: Sequence[Sequence[object]]) -> str:
    return "\n".join("".join(getattr(span, "text", "") or _BLANK for span in paragraph) for paragraph in paragraphs)


class MarkedWords(QLabel):
    """The words of one clause. Never reads markup from data; to a screen reader it says what is added and gone."""

    def __init__(self, theme: Theme, parts: Sequence[Part], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._parts = parts
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setProperty("role", "body")
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.changed.connect(self._say)
        self._say()

    def _say(self) -> None:
        palette, words = self._theme.palette, self._theme.words
        styles = {
            Change.ADDED: f"text-decoration:underline; background-color:{palette.accent_soft}",
            Change.REMOVED: f"text-decoration:line-through; background-color:{palette.danger_soft}",
        }
        shown: list[str] = []
        said: list[str] = []
        for part in self._parts:
            plain = _PLACE.sub(_BLANK, part.text)
            html = escape(plain).replace("\n", "<br>")
            if part.change is Change.SAME:
                shown.append(html)
                said.append(plain)
            else:
                shown.append(f'<span style="{styles[part.change]}">{html}</span>')
                said.append(words(f"ui.notices.compared.{part.change.value}", words=plain))
        self.setText(f'<p style="line-height:150%; margin:0">{"".join(shown)}</p>')
        self.setAccessibleName("".join(said))
