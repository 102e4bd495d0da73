"""When the controls over the picture show, and when they give way to it. Time is an argument."""

from enum import StrEnum

HIDE_AFTER_S = 4.0
"""Stillness before the controls fade."""


class Keep(StrEnum):
    """What keeps the controls on the screen for as long as it lasts."""

    NO_PICTURE = "no-picture"  # nothing that they could cover
    HOVER = "hover"
    MENU = "menu"
    KEYBOARD = "keyboard"
    PANEL = "panel"


class Visibility:
    """Controls show for `HIDE_AFTER_S` after the last motion or key, and while anything keeps them."""

    def __init__(self, now_s: float) -> None:
        self._stirred_s = now_s
        self._kept: set[Keep] = set()

    def stir(self, now_s: float) -> None:
        """The pointer moved, or a key was pressed."""
        self._stirred_s = now_s

    def keep(self, why: Keep, on: bool, now_s: float) -> None:
        """Something begins or ceases to keep the controls; the stillness counts anew from its end."""
        if on:
            self._kept.add(why)
        elif why in self._kept:
            self._kept.discard(why)
            self._stirred_s = now_s

    def hides_at_s(self) -> float | None:
        """When they will fade if nothing happens; None while something keeps them."""
        return None if self._kept else self._stirred_s + HIDE_AFTER_S

    def visible(self, now_s: float) -> bool:
        """Whether they are to be seen."""
        deadline = self.hides_at_s()
        return deadline is None or now_s < deadline
