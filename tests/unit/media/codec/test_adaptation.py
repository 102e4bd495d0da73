import itertools

from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.codec.adaptation import Adaptation, Picture


class Call:
    """Virtual time, 30 pictures a second."""

    def __init__(self, codec: str = "VP8") -> None:
        self.adaptation = Adaptation()
        self.codec = codec
        self.now_s = 100.0

    def run(
        self,
        seconds: float,
        target_bps: float,
        *,
        size: tuple[int, int] = (1280, 720),
        encode_s: float | None = 0.004,
        left_out: bool = False,
        decode_pressure: float = 0.0,
        shown: tuple[int, int] | None = None,
        still: bool = False,
        max_pixels: int | None = None,
    ) -> list[Picture]:
        """What was asked for, picture by picture."""
        pictures = []
        for _ in range(max(1, round(seconds * 30))):
            self.now_s += 1 / 30
            pictures.append(
                self.adaptation.picture(
                    width=size[0],
                    height=size[1],
                    fps=30,
                    target_bps=target_bps,
                    codec=self.codec,
                    now_s=self.now_s,
                    encode_s=encode_s,
                    left_out=left_out,
                    decode_pressure=decode_pressure,
                    shown=shown,
                    still=still,
                    max_pixels=max_pixels,
                )
            )
        return pictures


def changes(pictures: list[Picture]) -> int:
    return sum(one.width != two.width for one, two in itertools.pairwise(pictures))


def test_a_good_line_carries_the_whole_picture() -> None:
    assert set(Call().run(10, 2_500_000)) == {Picture(1280, 720, 30)}


def test_av1_keeps_its_size_where_vp8_gives_it_up() -> None:
    assert Call("AV1").run(1, 400_000)[0] == Picture(1280, 720, 30)
    assert Call("VP8").run(1, 400_000)[0].height < 720


def test_size_gives_way_before_the_frame_rate_and_both_before_freezing() -> None:
    for codec in ("AV1", "VP9", "VP8", "H264"):
        call = Call(codec)
        seen = [call.run(20, rate)[-1] for rate in (2_500_000, 700_000, 300_000, 150_000, 60_000, 15_000)]
        assert all(one.height >= two.height for one, two in itertools.pairwise(seen))
        assert all(each.fps == 30 or each.height == 180 for each in seen)
        assert all(each.fps >= 8 for each in seen)
        assert seen[3].fps >= 15
        assert seen[-1].fps < 30


def test_a_steep_fall_is_answered_at_once() -> None:
    call = Call()
    call.run(10, 2_500_000)
    assert call.run(1 / 30, 200_000)[0].height <= 270


def test_size_does_not_flap_around_a_threshold() -> None:
    call = Call()
    pictures = []
    for index in range(120):
        pictures += call.run(0.5, 620_000 * (1.18 if index % 2 else 0.88))
    assert changes(pictures) <= 1


def test_size_comes_back_soon_after_the_line_does() -> None:
    call = Call()
    call.run(10, 2_500_000)
    call.run(10, 200_000)
    pictures = call.run(6, 2_500_000)
    assert pictures[-1] == Picture(1280, 720, 30)
    assert changes(pictures) == 1


def test_slow_encoding_makes_the_picture_smaller_and_not_larger_again_at_once() -> None:
    call = Call()
    smaller = call.run(8, 2_500_000, encode_s=0.03)
    assert smaller[-1].height < 720
    pictures = call.run(60, 2_500_000, encode_s=0.012)
    assert changes(pictures) <= 1


def test_decode_pressure_makes_the_picture_smaller_until_it_is_over() -> None:
    call = Call()
    assert call.run(8, 2_500_000, decode_pressure=0.5)[-1].height < 720
    assert call.run(120, 2_500_000)[-1].height == 720


def test_content_that_is_too_hard_makes_the_picture_smaller() -> None:
    call = Call("AV1")
    assert call.run(6, 300_000, left_out=True)[-1].height < 720


def test_no_more_is_sent_than_is_shown() -> None:
    call = Call()
    assert call.run(10, 2_500_000, shown=(320, 180))[-1] == Picture(320, 180, 30)
    assert call.run(10, 2_500_000, shown=(1280, 720))[-1] == Picture(1280, 720, 30)
    assert call.run(10, 2_500_000, shown=(600, 338))[-1] == Picture(640, 360, 30)
    assert call.run(10, 2_500_000, shown=(1280, 180))[-1] == Picture(320, 180, 30)


def test_who_looks_away_gets_the_smallest_picture_and_back_the_whole_one_at_once() -> None:
    call = Call()
    call.run(10, 2_500_000)
    assert call.run(10, 2_500_000, shown=(0, 0))[-1] == Picture(320, 180, 30)
    assert call.run(0.1, 2_500_000, shown=(1280, 720))[-1] == Picture(1280, 720, 30)


def test_a_window_that_is_larger_again_gets_no_more_than_the_line_carries() -> None:
    call = Call()
    call.run(10, 300_000)
    assert call.run(10, 300_000, shown=(0, 0))[-1].width == 320
    assert call.run(0.1, 300_000, shown=(1280, 720))[-1] == Call().run(10, 300_000)[-1]


def test_a_window_that_is_moved_about_changes_nothing() -> None:
    call = Call()
    pictures = call.run(5, 2_500_000)
    for _ in range(5):
        pictures += call.run(1.5, 2_500_000, shown=(320, 180)) + call.run(0.2, 2_500_000, shown=(1280, 720))
    assert changes(pictures) == 0


def test_still_pictures_keep_their_size_and_lower_the_frame_rate() -> None:
    call = Call()
    seen = call.run(5, 150_000, size=(1920, 1080), still=True)[-1]
    assert (seen.width, seen.height) == (1920, 1080)
    assert 3 <= seen.fps <= 5


def test_the_peers_level_bounds_the_size() -> None:
    seen = Call().run(1, 9_000_000, size=(1920, 1080), max_pixels=1280 * 720)[-1]
    assert seen.width * seen.height <= 1280 * 720
    assert abs(seen.width / seen.height - 16 / 9) < 0.01


@given(
    st.lists(
        st.tuples(
            st.floats(0.01, 3),
            st.floats(1_000, 1e8),
            st.floats(0, 1),
            st.booleans(),
            st.booleans(),
            st.floats(0, 1),
        ),
        max_size=20,
    ),
    st.sampled_from(["AV1", "VP9", "VP8", "H264"]),
    st.integers(2, 4096),
    st.integers(2, 4096),
)
def test_sizes_are_even_within_the_captured_one_and_changes_are_few(
    steps: list[tuple[float, float, float, bool, bool, float]], codec: str, width: int, height: int
) -> None:
    call = Call(codec)
    pictures = []
    for seconds, target, encode_s, left_out, still, pressure in steps:
        pictures += call.run(
            seconds,
            target,
            size=(width, height),
            encode_s=encode_s,
            left_out=left_out,
            still=still,
            decode_pressure=pressure,
        )
    for each in pictures:
        assert 2 <= each.width <= width
        assert 2 <= each.height <= height
        assert each.width % 2 == each.height % 2 == 0
        assert 3 <= each.fps <= 30
    moving = [each for each in pictures if each.fps >= 8]
    assert changes(moving) <= 2 * len(steps) + len(pictures) / 30 + 1


def test_a_camera_with_fewer_sizes_may_follow_while_nobody_looks() -> None:
    call = Call()
    call.run(10, 2_500_000, shown=(0, 0))
    assert call.run(1, 2_500_000, shown=(0, 0), size=(160, 120))[-1].height == 90
