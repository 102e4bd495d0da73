from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.codec.choose import COST_MS, PREFERENCE, Choice, Machine, choose, h264_max_pixels, slowness

HD = 1280 * 720 * 30
NAMES = st.sets(st.sampled_from([*PREFERENCE, "H266"]))


def test_the_best_common_codec_is_taken_where_the_machine_can_afford_it() -> None:
    machine = Machine(cores=4)
    assert choose(PREFERENCE, PREFERENCE, machine, pixels_per_s=HD) == Choice("AV1", 0)
    assert choose(PREFERENCE, {"VP8", "H264"}, machine, pixels_per_s=HD) == Choice("VP8", 0)
    assert choose({"AV1"}, {"VP8"}, machine, pixels_per_s=HD) is None


def test_a_slow_machine_takes_a_cheaper_encoder() -> None:
    slow = choose(PREFERENCE, PREFERENCE, Machine(cores=2, slowness=4), pixels_per_s=HD)
    assert slow is not None
    assert COST_MS[slow.name][slow.speed] < COST_MS["AV1"][0]
    assert choose(PREFERENCE, PREFERENCE, Machine(1, slowness=50), pixels_per_s=HD) == Choice("H264", 2)
    assert choose(PREFERENCE, PREFERENCE, Machine(1, slowness=50), pixels_per_s=HD, hardware={"H264"}) == Choice(
        "H264", 0
    )


@given(NAMES, NAMES, st.integers(1, 64), st.floats(0.1, 100), st.floats(1e4, 1e9))
def test_the_choice_is_one_both_have(
    ours: set[str], peer: set[str], cores: int, slow: float, pixels_per_s: float
) -> None:
    chosen = choose(ours, peer, Machine(cores, slow), pixels_per_s=pixels_per_s)
    assert (chosen is None) == (not ours & peer & set(PREFERENCE))
    assert chosen is None or chosen.name in ours & peer


def test_slowness_is_one_at_the_measured_cost() -> None:
    assert abs(slowness("AV1", 0, COST_MS["AV1"][0] / 1e3, 1_000_000) - 1) < 1e-9


def test_level_bounds_the_picture() -> None:
    assert h264_max_pixels("42e01f") == 1280 * 720
    assert h264_max_pixels("640028") == 2048 * 1024
    assert h264_max_pixels("rubbish") is None
    assert h264_max_pixels("42e0ff") is None
