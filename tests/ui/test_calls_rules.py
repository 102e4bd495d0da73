"""The rules beneath the call windows: corners, framing, fading, and what is said."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QSize, Qt

from vidphone.call.view import CallState, CallView, Direction
from vidphone.texts import Language
from vidphone.ui.calls.framing import MOST_CROPPED, Framing, fills, place, wanted_box
from vidphone.ui.calls.scene import (
    Banner,
    Control,
    Stage,
    current_call,
    duration,
    end_next_step,
    end_sentence,
    held_calls,
    next_change_s,
    scene,
)
from vidphone.ui.calls.snapping import (
    Corner,
    corner_place,
    kept_inside,
    nearest_corner,
    neighbour,
    own_picture_size,
)
from vidphone.ui.calls.visibility import HIDE_AFTER_S, Keep, Visibility
from vidphone.wire.reasons import EndReason

stages = st.builds(QRect, st.integers(-50, 50), st.integers(-50, 50), st.integers(400, 4000), st.integers(300, 2400))
items = st.builds(QSize, st.integers(40, 300), st.integers(40, 200))
corners = st.sampled_from(Corner)
sides = st.integers(16, 4096)
CALL = CallView("c", Direction.OUTGOING, "1001", "Li Wei", CallState.ACTIVE, video=True, connected_at=100.0)


@given(stages, items, corners)
def test_own_picture_in_a_corner_lies_on_the_stage_and_stays_there_when_dropped(
    stage: QRect, item: QSize, corner: Corner
) -> None:
    place_ = corner_place(corner, stage, item)
    assert stage.contains(QRect(place_, item))
    assert nearest_corner(QRect(place_, item), stage) is corner


@given(stages, items, st.integers(-9000, 9000), st.integers(-9000, 9000))
def test_own_picture_cannot_be_dragged_off_the_stage(stage: QRect, item: QSize, x: int, y: int) -> None:
    assert stage.contains(QRect(kept_inside(QPoint(x, y), item, stage), item))


@given(corners)
def test_arrow_keys_lead_to_every_corner_and_back(corner: Corner) -> None:
    there = neighbour(neighbour(corner, Qt.Key.Key_Left), Qt.Key.Key_Down)
    assert there is Corner.BOTTOM_LEFT
    assert neighbour(corner, Qt.Key.Key_A) is corner


@given(st.integers(320, 4000), st.integers(240, 2400), st.floats(0.4, 2.5), st.booleans())
def test_own_picture_keeps_its_shape_and_leaves_most_of_the_stage(
    width: int, height: int, aspect: float, enlarged: bool
) -> None:
    size = own_picture_size(QSize(width, height), aspect, enlarged=enlarged)
    assert size.height() <= max(96, round(height * 0.5))
    assert abs(size.width() - size.height() * aspect) <= aspect + 1


@given(sides, sides, sides, sides, st.sampled_from(Framing))
def test_engine_is_asked_for_a_size_that_needs_no_second_scaling(
    width: int, height: int, view_width: int, view_height: int, framing: Framing
) -> None:
    box = wanted_box(width, height, view_width, view_height, framing)
    scale = min(box[0] / width, box[1] / height)
    sent = max(1, round(width * scale)), max(1, round(height * scale))
    shown = place(width, height, view_width, view_height, framing)
    assert abs(shown.width - sent[0]) <= 2
    assert abs(shown.height - sent[1]) <= 2


@given(sides, sides, sides, sides)
def test_picture_is_whole_or_covers_the_view(width: int, height: int, view_width: int, view_height: int) -> None:
    whole = place(width, height, view_width, view_height, Framing.FIT)
    assert whole.width <= view_width + 3
    assert whole.height <= view_height + 3
    full = place(width, height, view_width, view_height, Framing.FILL)
    assert full.width >= view_width - 3
    assert full.height >= view_height - 3


def test_upright_picture_keeps_its_head_unless_told_otherwise() -> None:
    assert fills(640, 480, 1280, 720, Framing.AUTO)
    assert not fills(720, 1280, 1280, 720, Framing.AUTO)
    assert fills(720, 1280, 1280, 720, Framing.FILL)
    assert MOST_CROPPED > 0.25


def test_controls_fade_four_seconds_after_the_last_motion() -> None:
    controls = Visibility(10.0)
    controls.stir(12.0)
    assert controls.visible(12.0 + HIDE_AFTER_S - 0.01)
    assert not controls.visible(12.0 + HIDE_AFTER_S)


@given(st.lists(st.tuples(st.sampled_from(Keep), st.booleans(), st.floats(0, 10)), max_size=20))
def test_controls_stay_while_anything_keeps_them(changes: list[tuple[Keep, bool, float]]) -> None:
    controls, kept, now = Visibility(0.0), set[Keep](), 0.0
    for why, on, passed in changes:
        now += passed
        controls.keep(why, on, now)
        (kept.add if on else kept.discard)(why)
        assert controls.visible(now + 1000) is bool(kept)


@given(st.floats(0, 400_000), st.floats(0, 3))
def test_clock_on_the_screen_is_redrawn_when_its_second_turns(since: float, later: float) -> None:
    view = replace(CALL, connected_at=since)
    now = since + later
    wait = next_change_s(view, now)
    assert wait is not None
    assert 0 < wait <= 1
    assert duration(now + wait + 1e-6 - since) != duration(now - since)


def test_durations_read_as_clocks_do() -> None:
    assert [duration(s) for s in (0, 7.9, 59, 60, 754, 3723)] == ["0:00", "0:07", "0:59", "1:00", "12:34", "1:02:03"]


def test_reconnecting_counts_seconds_and_keeps_the_call_in_reach() -> None:
    view = replace(CALL, state=CallState.RECONNECTING, reconnecting_since=200.0)
    shown = scene(view, 212.4, Language.ENGLISH)
    assert shown.status == "Reconnecting… 12 s"
    assert shown.hint
    assert Control.HANG_UP in shown.offered


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("state", CallState)
def test_every_state_has_words_and_a_way_out(state: CallState, language: Language) -> None:
    shown = scene(replace(CALL, state=state, reason=EndReason.BUSY), 101.0, language)
    assert shown.status
    assert (Control.HANG_UP in shown.offered) is (state is not CallState.ENDED)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reason", EndReason)
def test_every_end_has_its_sentence(reason: EndReason, language: Language) -> None:
    view = replace(CALL, state=CallState.ENDED, reason=reason, ended_at=160.0)
    assert end_sentence(view, language)
    assert end_next_step(view, language)


def test_who_hung_up_is_told() -> None:
    ended = replace(CALL, state=CallState.ENDED, reason=EndReason.HUNG_UP, ended_at=160.0)
    ours, theirs = (end_sentence(replace(ended, ended_by_peer=peer), Language.ENGLISH) for peer in (False, True))
    assert ours != theirs
    assert "1:00" in end_next_step(ended, Language.ENGLISH)


def test_stage_says_why_there_is_no_picture() -> None:
    def stage(**changes: object) -> Stage:
        return scene(replace(CALL, **changes), 101.0, Language.ENGLISH).stage  # type: ignore[arg-type]

    assert stage(peer_camera=True) is Stage.PICTURE
    assert stage(peer_camera=False) is Stage.CAMERA_OFF
    assert stage(video=False) is Stage.VOICE_ONLY
    assert stage(peer_camera=True, held_by_peer=True) is Stage.HELD_BY_PEER
    assert stage(peer_camera=True, state=CallState.HELD) is Stage.HELD


def test_who_is_not_seen_is_told_so_while_their_camera_is_on() -> None:
    def banners(**changes: object) -> tuple[Banner, ...]:
        return scene(replace(CALL, **changes), 101.0, Language.ENGLISH, unseen=True).banners  # type: ignore[arg-type]

    assert banners(camera=True) == (Banner.UNSEEN,)
    assert banners(camera=False) == banners(camera=True, state=CallState.ENDED) == ()


def test_recording_and_muting_are_announced_for_as_long_as_they_last() -> None:
    view = replace(CALL, recording=True, peer_recording=True, peer_microphone=False)
    assert set(scene(view, 101.0, Language.ENGLISH).banners) == set(Banner) - {Banner.UNSEEN}
    assert scene(replace(view, state=CallState.ENDED), 101.0, Language.ENGLISH).banners == ()


@given(st.lists(st.sampled_from(CallState), max_size=5), st.integers(-1, 5))
def test_window_is_about_a_living_call_before_an_ended_one(states: list[CallState], previous: int) -> None:
    calls = {str(n): replace(CALL, call=str(n), state=state) for n, state in enumerate(states)}
    current = current_call(calls, str(previous))
    shown = [view for view in calls.values() if view.state is not CallState.INCOMING]
    assert bool(current) is bool(shown)
    if current and any(view.state not in {CallState.HELD, CallState.ENDED} for view in shown):
        assert calls[current].state not in {CallState.HELD, CallState.ENDED, CallState.INCOMING}
    assert current not in [view.call for view in held_calls(calls.values(), current)]
