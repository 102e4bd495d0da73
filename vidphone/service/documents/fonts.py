"""Which fonts an agreement is set in: the operator's folder where there is one, the system's otherwise."""

from dataclasses import dataclass
from pathlib import Path

import typst

from vidphone.texts import system_language, text

BODY = (
    *("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "Songti SC", "STSong", "SimSun", "NSimSun"),
    *("FandolSong", "AR PL UMing CN"),
)
"""Families for long text, the best first: of Linux and Android, macOS, Windows, TeX."""
HEADING = (
    *("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "PingFang SC", "Hiragino Sans GB", "Heiti SC"),
    *("Microsoft YaHei", "SimHei", "FandolHei", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback"),
)
"""Families for headings and small print."""


class NoFont(ValueError):
    """No font with Chinese characters was found; the text says where, for the sentence `documents.no-font`."""


@dataclass(frozen=True, slots=True)
class Typefaces:
    """The fonts at hand, and the families for long text and for headings, each with its stand-ins."""

    fonts: typst.Fonts
    body: tuple[str, ...]
    heading: tuple[str, ...]


def find(folder: Path | None) -> Typefaces:
    """The fonts in `folder`, or those of the system; 0.3 s with a hundred of them.

    Of an operator's folder every family counts, the known ones first: it holds what they mean to be used.

    Raises:
        NoFont: there is none with Chinese characters.
    """
    if folder is not None and not folder.is_dir():
        raise NoFont(str(folder))
    fonts = typst.Fonts(
        include_system_fonts=folder is None,
        include_embedded_fonts=False,
        font_paths=[] if folder is None else [folder],
    )
    families = fonts.families()
    body = tuple(family for family in BODY if family in families)
    heading = tuple(family for family in HEADING if family in families)
    others = () if folder is None else tuple(family for family in families if family not in body + heading)
    if not body + heading + others:
        raise NoFont(text("documents.system-fonts", system_language()) if folder is None else str(folder))
    return Typefaces(fonts, body + heading + others, heading + body + others)
