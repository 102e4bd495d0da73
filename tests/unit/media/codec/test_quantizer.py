from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.codec.quantizer import MAX_AHEAD_S, Quantizer, Scale

SCALE = Scale(10, 63, inter_halving=8.0, key_halving=14.0, key_quantizer=40, key_bits_per_pixel=0.2)
FPS = 30.0


class Encoder:
    """An encoder by the book: `complexity` bits at quantizer 0, half with every eight steps."""

    def __init__(self, complexity: float = 400_000) -> None:
        self.quantizer = Quantizer(SCALE, FPS)
        self.quantizer.resize(1280 * 720)
        self.complexity = complexity
        self.began = False

    def picture(self, rate_bps: float, interval_s: float = 1 / FPS) -> int:
        """Encode one picture at that rate; its bits."""
        self.quantizer.elapsed(interval_s, rate_bps)
        if not self.began:
            self.began = True
            bits = round(4_000_000 * 2 ** (-self.quantizer.keyframe(rate_bps) / 14))
            self.quantizer.encoded(bits, keyframe=True)
            return bits
        chosen = self.quantizer.predicted(rate_bps)
        if chosen is None:
            return 0
        bits = round(self.complexity * 2 ** (-chosen / 8))
        self.quantizer.encoded(bits, keyframe=False)
        return bits


def test_pictures_settle_at_the_rate() -> None:
    encoder = Encoder()
    for rate in (500_000, 2_000_000, 300_000):
        for _ in range(60):
            encoder.picture(rate)
        taken = sum(encoder.picture(rate) for _ in range(90)) / 3
        assert 0.93 * rate < taken < 1.05 * rate


def test_fewer_pictures_take_the_whole_rate_too() -> None:
    encoder = Encoder()
    for _ in range(100):
        encoder.picture(500_000, 0.1)
    taken = sum(encoder.picture(500_000, 0.1) for _ in range(50)) / 5
    assert 0.93 * 500_000 < taken < 1.05 * 500_000


def test_the_first_picture_after_a_fall_of_the_rate_fits_the_new_one() -> None:
    encoder = Encoder()
    for _ in range(90):
        encoder.picture(2_000_000)
    assert encoder.picture(500_000) < 1.6 * 500_000 / FPS


def test_keyframe_fits_a_quarter_of_a_second() -> None:
    for rate in (600_000, 1_000_000, 2_500_000):
        encoder = Encoder()
        encoder.picture(rate)
        encoder.quantizer.elapsed(10, rate)
        assert 0.2 * rate < 4_000_000 * 2 ** (-encoder.quantizer.keyframe(rate) / 14) < 0.3 * rate


def test_a_picture_far_too_large_is_tried_again_only_where_that_helps() -> None:
    rate = 500_000
    quantizer = Quantizer(SCALE, FPS)
    quantizer.resize(1280 * 720)
    chosen = quantizer.keyframe(rate)
    coarser = quantizer.again(800_000, rate, keyframe=True)
    assert coarser is not None
    assert coarser > chosen
    quantizer.encoded(130_000, keyframe=True)
    quantizer.predicted(rate)
    assert quantizer.again(1_000_000, rate, keyframe=False) is not None
    assert quantizer.again(20_000, rate / 20, keyframe=False) is None


@given(
    st.lists(
        st.tuples(st.floats(30_000, 5_000_000), st.floats(1_000, 4_000_000), st.booleans()), min_size=1, max_size=200
    )
)
def test_what_is_ahead_of_the_line_is_one_picture_at_most(steps: list[tuple[float, float, bool]]) -> None:
    encoder = Encoder()
    encoder.picture(500_000)
    for rate, complexity, silent in steps:
        encoder.complexity = complexity
        before = encoder.quantizer.ahead_bits - rate / FPS
        bits = encoder.picture(rate)
        assert bits == 0 or before <= MAX_AHEAD_S * rate
        if silent:
            encoder.quantizer.elapsed(60, rate)
        assert encoder.quantizer.ahead_bits >= -0.11 * rate
        assert encoder.quantizer.ahead_bits <= max(before, MAX_AHEAD_S * rate) + bits + 1


@given(st.integers(10_000, 10_000_000), st.integers(0, 10_000_000), st.booleans())
def test_quantizer_stays_within_its_scale(rate: int, bits: int, keyframe: bool) -> None:
    quantizer = Quantizer(SCALE, FPS)
    quantizer.resize(640 * 360)
    assert SCALE.finest <= quantizer.keyframe(rate) <= SCALE.coarsest
    quantizer.encoded(bits, keyframe=keyframe)
    quantizer.elapsed(60, rate)
    chosen = quantizer.predicted(rate)
    assert chosen is None or SCALE.finest <= chosen <= SCALE.coarsest
