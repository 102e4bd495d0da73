"""The view of a picture: what it paints, when it looks, and what it tells the engine."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tests.fakes.pictures import colours, picture
from vidphone.media.slot import Picture, PictureSlot
from vidphone.ui.calls.framing import Framing
from vidphone.ui.calls.picture import QUIET_AFTER, PictureView

RED, BLUE = (0, 0, 255, 255), (255, 0, 0, 255)
GROUND = "#102030"
MakeView = Callable[..., PictureView]


@pytest.fixture
def slot() -> PictureSlot:
    return PictureSlot()


@pytest.fixture
def make_view(qtbot: QtBot, slot: PictureSlot) -> MakeView:
    def make(width: int = 320, height: int = 180) -> PictureView:
        view = PictureView(slot, GROUND)
        qtbot.addWidget(view)
        view.resize(width, height)
        view.set_live(True)
        view.show()
        return view

    return make


def show(qtbot: QtBot, slot: PictureSlot, shown: Picture) -> None:
    taken = slot.taken_count
    slot.put(shown)
    qtbot.waitUntil(lambda: slot.taken_count > taken, timeout=1000)


def colour_at(view: PictureView, x: int, y: int) -> str:
    return QColor(view.grab().toImage().pixel(x, y)).name()


def two_halves(width: int, height: int) -> Picture:
    pixels = np.broadcast_to(np.array(RED, np.uint8), (height, width, 4)).copy()
    pixels[:, width // 2 :] = BLUE
    return picture(pixels)


def test_looks_only_while_visible_and_live(qtbot: QtBot, slot: PictureSlot, make_view: MakeView) -> None:
    view = make_view()
    looks = [(view.ticking, slot.wanted)]
    view.hide()
    looks.append((view.ticking, slot.wanted))
    view.show()
    view.set_live(False)
    looks.append((view.ticking, slot.wanted))
    assert looks == [(True, (320, 180)), (False, (0, 0)), (False, (0, 0))]


def test_engine_learns_the_size_that_is_shown(qtbot: QtBot, slot: PictureSlot, make_view: MakeView) -> None:
    view = make_view()
    view.resize(500, 400)
    assert slot.wanted == (500, 400)
    show(qtbot, slot, colours(500, 375, RED))
    assert slot.wanted == (534, 400)  # 4:3 edge to edge
    view.set_framing(Framing.FIT)
    assert slot.wanted == (500, 400)


def test_paints_what_the_slot_holds_without_a_copy(qtbot: QtBot, slot: PictureSlot, make_view: MakeView) -> None:
    view = make_view()
    pixels = np.broadcast_to(np.array(RED, np.uint8), (180, 320, 4)).copy()
    show(qtbot, slot, picture(pixels))
    assert colour_at(view, 160, 90) == "#ff0000"
    pixels[:] = BLUE
    assert colour_at(view, 160, 90) == "#0000ff"


def test_own_picture_is_shown_as_in_a_mirror(qtbot: QtBot, slot: PictureSlot, make_view: MakeView) -> None:
    view = make_view()
    show(qtbot, slot, two_halves(320, 180))
    assert colour_at(view, 20, 90) == "#ff0000"
    view.set_mirrored(True)
    assert colour_at(view, 20, 90) == "#0000ff"
    view.set_radius(12)
    assert colour_at(view, 20, 90) == "#0000ff"


def test_turned_picture_stands_upright(qtbot: QtBot, slot: PictureSlot, make_view: MakeView) -> None:
    view = make_view(180, 320)
    show(qtbot, slot, replace(two_halves(320, 180), shown_rotation_deg=90))
    assert view.aspect == pytest.approx(9 / 16)
    assert slot.wanted == (320, 180)
    assert colour_at(view, 90, 20) == "#ff0000"
    assert colour_at(view, 90, 300) == "#0000ff"


def test_whole_picture_has_the_ground_beside_it(qtbot: QtBot, slot: PictureSlot, make_view: MakeView) -> None:
    view = make_view()
    show(qtbot, slot, colours(240, 180, RED))
    assert colour_at(view, 2, 90) == "#ff0000"
    view.set_framing(Framing.FIT)
    assert colour_at(view, 2, 90) == GROUND
    assert colour_at(view, 160, 90) == "#ff0000"


def test_forgotten_picture_is_not_seen_any_more(qtbot: QtBot, slot: PictureSlot, make_view: MakeView) -> None:
    view = make_view()
    show(qtbot, slot, colours(320, 180, RED))
    view.clear()
    assert not view.has_picture
    assert colour_at(view, 160, 90) == GROUND


def test_looks_less_often_when_nothing_comes_and_wakes_with_the_next(
    qtbot: QtBot, slot: PictureSlot, make_view: MakeView
) -> None:
    view = make_view()
    often = view._tick.interval()
    for _ in range(QUIET_AFTER):
        view._tick.timeout.emit()
    assert view._tick.interval() > 3 * often
    slot.put(colours(320, 180, RED))
    view._tick.timeout.emit()
    assert view._tick.interval() == often
