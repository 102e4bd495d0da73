"""The one style sheet, built of tokens, text scale and font families. Pure.

Widgets choose their looks by dynamic properties: `role` (type size of a label), `tone` (its colour), `kind` (what a
button or a frame is). `stage=true` on a window gives it and all in it the dark stage of a call.
"""

from vidphone.ui.design.tokens import (
    GRID_PX,
    RADIUS_LARGE_PX,
    RADIUS_PX,
    ROUND_SIZES_PX,
    STAGE,
    TOUCH_PX,
    TYPE_PX,
    Palette,
    TypeRole,
)


def px(length: float, scale: float) -> int:
    """A length at a text scale, in whole pixels."""
    return round(length * scale)


def _base(p: Palette, scope: str) -> str:
    s = scope
    return f"""
{s}QWidget {{ color: {p.text}; selection-background-color: {p.accent}; selection-color: {p.on_accent}; }}
{s}QLabel {{ background: transparent; }}
{s}QLabel[tone="muted"] {{ color: {p.muted}; }}
{s}QLabel[tone="accent"] {{ color: {p.accent}; }}
{s}QLabel[tone="danger"] {{ color: {p.danger}; }}
{s}QLabel[tone="warning"] {{ color: {p.on_warning_soft}; }}
{s}QToolTip {{ color: {p.text}; background: {p.surface}; border: 1px solid {p.border}; padding: 4px 8px; }}
{s}QMenu {{ color: {p.text}; background: {p.surface}; border: 1px solid {p.border}; padding: 4px; }}
{s}QMenu::item {{ padding: 8px 24px 8px 16px; border-radius: 4px; }}
{s}QMenu::item:selected {{ background: {p.hover}; color: {p.text}; }}
{s}QMenu::item:disabled {{ color: {p.muted}; }}
{s}QMenu::separator {{ height: 1px; background: {p.border}; margin: 4px 8px; }}
{s}QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
{s}QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
{s}QScrollBar::handle {{ background: {p.outline}; border-radius: 3px; margin: 3px; min-height: 32px; min-width: 32px; }}
{s}QScrollBar::add-line, {s}QScrollBar::sub-line {{ width: 0; height: 0; }}
{s}QScrollBar::add-page, {s}QScrollBar::sub-page {{ background: transparent; }}
"""


def _types(scale: float) -> str:
    sizes = "\n".join(f'QLabel[role="{role}"] {{ font-size: {px(size, scale)}px; }}' for role, size in TYPE_PX.items())
    heavy = 'QLabel[role="title"], QLabel[role="display"], QLabel[weight="strong"] { font-weight: 600; }'
    return f"{sizes}\n{heavy}\n"


def _buttons(p: Palette, scale: float, scope: str) -> str:
    s = scope
    height, inset = px(TOUCH_PX, scale) - 4, px(2 * GRID_PX, scale)
    rules = f"""
{s}QPushButton {{ color: {p.text}; background: {p.surface}; border: 1px solid {p.outline}; border-radius: {RADIUS_PX}px;
  min-height: {height}px; padding: 0 {inset}px; margin: 1px; font-weight: 600; }}
{s}QPushButton:hover {{ background: {p.hover}; }}
{s}QPushButton:pressed {{ background: {p.sunken}; }}
{s}QPushButton:disabled {{ color: {p.muted}; background: {p.sunken}; border-color: {p.border}; }}
{s}QPushButton:focus {{ border: 2px solid {p.accent}; margin: 0; }}
{s}QPushButton[kind="link"] {{ color: {p.accent}; background: transparent; border: 0 solid transparent;
  border-bottom: 2px solid transparent; border-radius: 0; padding: 2px 0 0 0; margin: 0; }}
{s}QPushButton[kind="link"]:hover, {s}QPushButton[kind="link"]:focus {{ border-bottom-color: {p.accent}; }}
{s}QToolButton {{ background: transparent; border: 2px solid transparent; border-radius: {RADIUS_PX}px; padding: 4px; }}
{s}QToolButton:hover {{ background: {p.hover}; }}
{s}QToolButton:focus {{ border-color: {p.accent}; }}
{s}QToolButton[round="true"] {{ background: {p.hover}; padding: 0; }}
{s}QToolButton[round="true"]:hover, {s}QToolButton[round="true"]:checked {{ background: {p.border}; }}
{s}QToolButton[round="true"][kind="quiet"] {{ background: transparent; }}
{s}QToolButton[round="true"][kind="quiet"]:hover {{ background: {p.hover}; }}
{s}QToolButton[round="true"]:disabled {{ background: transparent; }}
{s}QToolButton[kind="toggle"]:checked {{ background: {p.text}; }}
{s}QToolButton::menu-indicator, {s}QPushButton::menu-indicator {{ image: none; width: 0; }}
"""
    for diameter in ROUND_SIZES_PX:
        half = px(diameter, scale) // 2
        rules += f'{s}QToolButton[diameter="{diameter}"] {{ border-radius: {half}px; }}\n'
    for kind in ("accent", "danger", "success"):
        ground, over, ink = getattr(p, kind), getattr(p, f"{kind}_hover"), getattr(p, f"on_{kind}")
        rules += f"""
{s}QPushButton[kind="{kind}"] {{ color: {ink}; background: {ground}; border-color: {ground}; }}
{s}QPushButton[kind="{kind}"]:hover {{ background: {over}; border-color: {over}; }}
{s}QPushButton[kind="{kind}"]:disabled {{ color: {p.muted}; background: {p.sunken}; border-color: {p.border}; }}
{s}QPushButton[kind="{kind}"]:focus {{ border-color: {p.text}; }}
{s}QToolButton[round="true"][kind="{kind}"] {{ background: {ground}; }}
{s}QToolButton[round="true"][kind="{kind}"]:hover {{ background: {over}; }}
{s}QToolButton[round="true"][kind="{kind}"]:disabled {{ background: {p.sunken}; }}
{s}QToolButton[round="true"][kind="{kind}"]:focus {{ border-color: {p.text}; }}
"""
    return rules


def _fields(p: Palette, scale: float, scope: str) -> str:
    s = scope
    height, inset = px(TOUCH_PX, scale) - 4, px(1.5 * GRID_PX, scale)
    return f"""
{s}QLineEdit, {s}QComboBox, {s}QPlainTextEdit {{ color: {p.text}; background: {p.surface};
  border: 1px solid {p.outline}; border-radius: {RADIUS_PX}px; padding: 0 {inset}px; margin: 1px; }}
{s}QLineEdit, {s}QComboBox {{ min-height: {height}px; }}
{s}QLineEdit:focus, {s}QComboBox:focus, {s}QPlainTextEdit:focus {{ border: 2px solid {p.accent}; margin: 0; }}
{s}QLineEdit[wrong="true"], {s}QComboBox[wrong="true"] {{ border-color: {p.danger}; }}
{s}QLineEdit:disabled, {s}QComboBox:disabled {{ color: {p.muted}; background: {p.sunken}; border-color: {p.border}; }}
{s}QLineEdit[kind="display"] {{ font-size: {px(TYPE_PX[TypeRole.DISPLAY], scale)}px; background: transparent;
  border-color: transparent; border-radius: 0; border-bottom: 2px solid {p.border};
  min-height: {px(56, scale)}px; }}
{s}QLineEdit[kind="display"]:focus {{ border-bottom: 2px solid {p.accent}; margin: 1px; }}
{s}QComboBox::drop-down {{ border: none; width: {px(32, scale)}px; }}
{s}QComboBox QAbstractItemView {{ color: {p.text}; background: {p.surface}; border: 1px solid {p.border};
  outline: none; padding: 4px; }}
{s}QComboBox QAbstractItemView::item {{ min-height: {px(32, scale)}px; border-radius: 4px; padding: 0 8px; }}
{s}QComboBox QAbstractItemView::item:selected {{ background: {p.accent_soft}; color: {p.text}; }}
"""


def _frames(p: Palette, scale: float, scope: str) -> str:
    s = scope
    return f"""
{s}QFrame[kind="card"] {{ background: {p.surface}; border: 1px solid {p.border}; border-radius: {RADIUS_LARGE_PX}px; }}
{s}QFrame[kind="option"] {{ background: {p.surface}; border: 1px solid {p.outline}; border-radius: {RADIUS_PX}px;
  margin: 1px; }}
{s}QFrame[kind="option"][chosen="true"] {{ background: {p.accent_soft}; border: 2px solid {p.accent}; margin: 0; }}
{s}QTextBrowser[kind="paper"] {{ color: {p.text}; background: {p.surface}; border: 1px solid {p.outline};
  border-radius: {RADIUS_PX}px; padding: 0 {px(GRID_PX, scale)}px; margin: 1px; }}
{s}QListView[kind="clauses"]::item {{ padding: {px(6, scale)}px {px(GRID_PX, scale)}px; border-radius: {RADIUS_PX}px; }}
{s}QListView[kind="clauses"]::item:hover {{ background: {p.hover}; }}
{s}QListView[kind="clauses"]::item:selected {{ background: {p.accent_soft}; color: {p.text}; }}
{s}QListView[kind="clauses"]:focus {{ border: 2px solid {p.accent}; border-radius: {RADIUS_PX}px; }}
{s}QProgressBar {{ background: {p.sunken}; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; }}
{s}QProgressBar::chunk {{ background: {p.accent}; border-radius: 3px; }}
{s}QTextBrowser[kind="paper"]:focus {{ border: 2px solid {p.accent}; margin: 0; }}
{s}QFrame[kind="rail"] {{ background: {p.sunken}; border: none; border-right: 1px solid {p.border}; }}
{s}QFrame[kind="line"] {{ background: {p.border}; border: none; max-height: 1px; min-height: 1px; }}
{s}QFrame[kind="chip"] {{ background: {p.surface}; border: 1px solid {p.border}; border-radius: {RADIUS_LARGE_PX}px; }}
{s}QFrame[kind="banner"] {{ background: {p.warning_soft}; border: none; }}
{s}QFrame[kind="banner"] QLabel {{ color: {p.on_warning_soft}; }}
{s}QFrame[kind="said"] {{ background: {p.sunken}; border: none; border-radius: {RADIUS_PX}px; }}
{s}QFrame[kind="own"] {{ background: {p.accent_soft}; border: none; border-radius: {RADIUS_PX}px; }}
{s}QFrame[kind="quiet-line"] {{ background: {p.accent_soft}; border: none; }}
{s}QFrame[kind="problem"] {{ background: {p.danger_soft}; border: none; border-radius: {RADIUS_PX}px; }}
{s}QFrame[kind="toast"] {{ background: {p.text}; border: none; border-radius: {RADIUS_PX}px; }}
{s}QFrame[kind="toast"] QLabel {{ color: {p.background}; }}
{s}QFrame[kind="toast"] QPushButton {{ color: {p.background}; background: transparent; border-color: transparent;
  text-decoration: underline; }}
{s}QFrame[kind="toast"] QPushButton:focus {{ border: 2px solid {p.background}; }}
{s}QScrollArea[kind="reading"] {{ background: transparent; border: 2px solid transparent;
  border-radius: {RADIUS_PX}px; }}
{s}QScrollArea[kind="reading"]:focus {{ border-color: {p.accent}; }}
{s}QAbstractScrollArea[kind="plain"], {s}QListView {{ background: transparent; border: none; outline: none; }}
{s}QListView[kind="popup"] {{ background: {p.surface}; border: 1px solid {p.border}; border-radius: {RADIUS_PX}px; }}
{s}QToolButton[kind="rail"] {{ color: {p.muted}; padding: {px(GRID_PX, scale)}px {px(GRID_PX / 2, scale)}px;
  font-size: {px(TYPE_PX[TypeRole.CAPTION], scale)}px; }}
{s}QToolButton[kind="rail"]:checked {{ color: {p.accent}; background: {p.accent_soft}; font-weight: 600; }}
{s}QToolButton[kind="key"] {{ color: {p.text}; background: {p.surface}; border: 1px solid {p.border};
  font-size: {px(TYPE_PX[TypeRole.TITLE], scale)}px; border-radius: {RADIUS_PX}px; }}
{s}QToolButton[kind="key"]:hover {{ background: {p.hover}; }}
{s}QToolButton[kind="key"]:pressed {{ background: {p.accent_soft}; }}
{s}QToolButton[kind="key"]:focus {{ border: 2px solid {p.accent}; }}
{s}QToolButton[kind="segment"] {{ color: {p.text}; border: 1px solid {p.outline}; min-height: {px(28, scale)}px;
  padding: 0 {px(12, scale)}px; }}
{s}QToolButton[kind="segment"]:checked {{ color: {p.accent}; background: {p.accent_soft}; border: 1px solid {p.accent};
  font-weight: 600; }}
{s}QToolButton[kind="segment"]:focus {{ border: 2px solid {p.accent}; }}
"""


def build(palette: Palette, scale: float, families: tuple[str, ...]) -> str:
    """The style sheet of the whole program."""
    names = ", ".join(f'"{family}"' for family in families)
    body = px(TYPE_PX[TypeRole.BODY], scale)
    parts = [f"QWidget {{ font-family: {names}; font-size: {body}px; }}\n", _types(scale)]
    parts.append(f"QMainWindow, QDialog, QMessageBox, #page {{ background: {palette.background}; }}\n")
    for p, scope in ((palette, ""), (STAGE, '*[stage="true"] ')):
        parts += [_base(p, scope), _buttons(p, scale, scope), _fields(p, scale, scope), _frames(p, scale, scope)]
    parts.append(f'*[stage="true"] {{ background: {STAGE.background}; color: {STAGE.text}; }}\n')
    return "".join(parts)
