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

    def picture(self, rate_bps: float) -> int:
        """Encode one picture at that rate; its bits."""
        self.quantizer.elapsed(1 / FPS, rate_bps)
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


def test_the_first_picture_after_a_fall_of_the_rate_fits_the_new_one() -> None:
    encoder = Encoder()
    for _ in range(90):
        encoder.picture(2_000_000)
    assert encoder.picture(500_000) < 1.6 * 500_000 / FPS


def test_keyframe_fits_a_quarter_of_a_second() -> None:
    for rate in (300_000, 1_000_000, 2_500_000):
        encoder = Encoder()
        encoder.picture(rate)
        encoder.quantizer.learn(4_000_000 // 2 ** (40 // 14), keyframe=True)
        encoder.quantizer.elapsed(10, rate)
        assert 4_000_000 * 2 ** (-encoder.quantizer.keyframe(rate) / 14) < 0.6 * rate


@given(
    st.lists(
        st.tuples(st.floats(30_000, 5_000_000), st.floats(1_000, 4_000_000), st.booleans()), min_size=1, max_size=200
    )
)
def test_what_is_ahead_of_the_line_stays_bounded(steps: list[tuple[float, float, bool]]) -> None:
    encoder = Encoder()
    lowest = min(rate for rate, _, _ in steps)
    for rate, complexity, _ in steps:
        encoder.complexity = complexity
        before = encoder.quantizer.ahead_bits
        bits = encoder.picture(rate)
        chosen_none = before - rate / FPS > MAX_AHEAD_S * rate
        assert not (chosen_none and bits and encoder.began and before > 0 and bits > 4_000_000)
        assert encoder.quantizer.ahead_bits >= -0.2 * rate
    for _ in range(400):
        encoder.picture(lowest)
    assert encoder.quantizer.ahead_bits < 4_000_000


@given(st.integers(10_000, 10_000_000), st.integers(0, 10_000_000), st.booleans())
def test_quantizer_stays_within_its_scale(rate: int, bits: int, keyframe: bool) -> None:
    quantizer = Quantizer(SCALE, FPS)
    quantizer.resize(640 * 360)
    assert SCALE.finest <= quantizer.keyframe(rate) <= SCALE.coarsest
    quantizer.encoded(bits, keyframe=keyframe)
    quantizer.elapsed(60, rate)
    chosen = quantizer.predicted(rate)
    assert chosen is None or SCALE.finest <= chosen <= SCALE.coarsest
