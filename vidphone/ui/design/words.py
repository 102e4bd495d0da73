"""The language of the windows, switchable while they are open."""

from PySide6.QtCore import QObject, Signal

from vidphone.texts import Language, text, told


class Words(QObject):
    """Says texts in the language of the moment, and tells when it changes.

    A widget connects `changed` to its own method that says everything anew; Qt undoes the connection with the widget.
    """

    changed = Signal()

    def __init__(self, language: Language, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._language = language

    @property
    def language(self) -> Language:
        """The language of the moment."""
        return self._language

    def use(self, language: Language) -> None:
        """Speak another language from now on."""
        if language is not self._language:
            self._language = language
            self.changed.emit()

    def __call__(self, key: str, **places: object) -> str:
        """The text of a key.

        Raises:
            KeyError: there is no such text, or a place was left unfilled.
        """
        return text(key, self._language, **places)

    def sentences(self, *keys: str, **places: object) -> str:
        """Several texts as one paragraph: with a space between them in English, with none in Chinese.

        Their places may come from elsewhere (`texts.told`).
        """
        between = "" if self._language is Language.CHINESE else " "
        return between.join(told(key, self._language, places) for key in keys if key)
