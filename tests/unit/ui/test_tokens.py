import pytest

from vidphone.ui.design.tokens import DARK, LIGHT, STAGE, Palette, contrast

PALETTES = {"light": LIGHT, "dark": DARK, "stage": STAGE}
TEXT_ON_GROUND = [
    *[(ink, ground) for ink in ("text", "muted") for ground in ("background", "surface", "sunken")],
    ("text", "hover"),
    ("muted", "hover"),
    ("text", "accent_soft"),
    ("muted", "accent_soft"),
    ("on_accent", "accent"),
    ("on_danger", "danger"),
    ("on_success", "success"),
    ("on_warning_soft", "warning_soft"),
]
COLOURED_TEXT = [(ink, ground) for ink in ("accent", "danger") for ground in ("background", "surface")]
EDGES = [("outline", "surface"), ("outline", "background"), ("success", "surface"), ("accent", "accent_soft")]


def ratio(palette: Palette, ink: str, ground: str) -> float:
    return contrast(getattr(palette, ink), getattr(palette, ground))


@pytest.mark.parametrize("name", PALETTES)
def test_text_is_readable_on_every_ground_it_stands_on(name: str) -> None:
    palette = PALETTES[name]
    pairs = TEXT_ON_GROUND if name == "stage" else [*TEXT_ON_GROUND, *COLOURED_TEXT, ("danger", "danger_soft")]
    weak = {(ink, ground): round(ratio(palette, ink, ground), 2) for ink, ground in pairs}
    assert {pair: r for pair, r in weak.items() if r < 4.5} == {}


@pytest.mark.parametrize("name", PALETTES)
def test_edges_and_signs_stand_out_from_their_ground(name: str) -> None:
    palette = PALETTES[name]
    weak = {(ink, ground): round(ratio(palette, ink, ground), 2) for ink, ground in EDGES}
    if name == "stage":  # there the green of answering is a ground of its own with a white sign on it
        weak.pop(("success", "surface"))
    assert {pair: r for pair, r in weak.items() if r < 3.0} == {}


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
