"""The tokens: every colour, size and duration of the windows. Pure; lengths in logical pixels at text scale 1."""

from dataclasses import dataclass
from enum import StrEnum

GRID_PX = 8
RADIUS_PX = 8
RADIUS_LARGE_PX = 16
TOUCH_PX = 40
"""Height of fields and buttons, and at least that of rows."""
ROUND_PX = 48
"""Diameter of round buttons."""
ROUND_SIZES_PX = (28, 32, 36, 40, 44, 48, 52, 56, 60, 64, 72)
"""The diameters that round buttons may have: Qt's style sheet rounds by pixels only."""
ICON_PX = 20
FADE_MS = 250
MOVE_MS = 200
HOVER_MS = 150
TEXT_SCALES = (1.0, 1.25, 1.5)


class TypeRole(StrEnum):
    """The five sizes of type."""

    CAPTION = "caption"
    BODY = "body"
    LEAD = "lead"
    TITLE = "title"
    DISPLAY = "display"


TYPE_PX: dict[TypeRole, int] = {
    TypeRole.CAPTION: 12,
    TypeRole.BODY: 14,
    TypeRole.LEAD: 16,
    TypeRole.TITLE: 20,
    TypeRole.DISPLAY: 28,
}

LINE_HEIGHT_LATIN_PERCENT = 135
LINE_HEIGHT_CHINESE_PERCENT = 155
"""Chinese characters fill their square, so lines need more air (W3C clreq: 1.5 to 1.7 for running text)."""

CJK_FAMILIES = (
    "PingFang SC",
    "Microsoft YaHei UI",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
)
"""Chinese families behind the system's own font, by macOS, Windows, Linux."""

LATIN_FAMILIES = ("Segoe UI", "Noto Sans", "Open Sans", "Liberation Sans")
"""Where the system names no font that there is (an alias without a desktop around it)."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme. `on_x` is for text on `x`; `x_soft` is a quiet ground for text of `x`."""

    background: str
    surface: str
    sunken: str
    hover: str
    text: str
    muted: str
    border: str
    outline: str
    """Edge of a field or a switch: 3:1 against its ground, as WCAG 2.2, 1.4.11, asks."""
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str
    danger: str
    danger_hover: str
    on_danger: str
    danger_soft: str
    success: str
    success_hover: str
    on_success: str
    warning_soft: str
    on_warning_soft: str


LIGHT = Palette(
    background="#F5F6F9",
    surface="#FFFFFF",
    sunken="#ECEEF3",
    hover="#E6E9F0",
    text="#1A1D24",
    muted="#555D6B",
    border="#D9DDE5",
    outline="#7F8796",
    accent="#3B5BDB",
    accent_hover="#324DBB",
    on_accent="#FFFFFF",
    accent_soft="#E5EAFC",
    danger="#C22832",
    danger_hover="#A5202A",
    on_danger="#FFFFFF",
    danger_soft="#FBE6E7",
    success="#1A7A48",
    success_hover="#15663C",
    on_success="#FFFFFF",
    warning_soft="#FFF0CC",
    on_warning_soft="#5E3F00",
)

DARK = Palette(
    background="#14161B",
    surface="#1D2027",
    sunken="#101217",
    hover="#2A2E38",
    text="#E9EBF1",
    muted="#A6AEBD",
    border="#30353F",
    outline="#7F8899",
    accent="#90A5FF",
    accent_hover="#A9B9FF",
    on_accent="#0E1533",
    accent_soft="#272F50",
    danger="#FF858B",
    danger_hover="#FFA0A5",
    on_danger="#36070B",
    danger_soft="#43232A",
    success="#5FD39A",
    success_hover="#80DFB0",
    on_success="#04281A",
    warning_soft="#3D3013",
    on_warning_soft="#FFDC94",
)

STAGE = Palette(
    background="#0B0D11",
    surface="#1B1E25",
    sunken="#050608",
    hover="#3A3F4B",
    text="#F4F6FA",
    muted="#B6BDCA",
    border="#353A45",
    outline="#838C9D",
    accent="#90A5FF",
    accent_hover="#A9B9FF",
    on_accent="#0E1533",
    accent_soft="#272F50",
    danger="#CF3038",
    danger_hover="#E0484F",
    on_danger="#FFFFFF",
    danger_soft="#43232A",
    success="#1A7A48",
    success_hover="#21935A",
    on_success="#FFFFFF",
    warning_soft="#3D3013",
    on_warning_soft="#FFDC94",
)
"""The dark stage of a call, the same in both themes."""


def luminance(colour: str) -> float:
    """Relative luminance of `#RRGGBB` (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)
