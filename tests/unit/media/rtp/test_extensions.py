import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.rtp import extensions as ext


@given(st.integers(0, (1 << 64) - 1), st.none() | st.integers(-(1 << 63), (1 << 63) - 1))
def test_the_capture_time_reads_back(ntp: int, offset: int | None) -> None:
    assert ext.unpack_abs_capture_time(ext.pack_abs_capture_time(ntp, offset)) == (ntp, offset)


@given(st.floats(0, 1e6))
def test_the_send_time_reads_back_modulo_64_seconds(now_s: float) -> None:
    away_s = (ext.unpack_abs_send_time(ext.pack_abs_send_time(now_s)) - now_s) % 64
    assert min(away_s, 64 - away_s) < 4e-6


@given(st.integers(-127, 0), st.booleans())
def test_the_audio_level_reads_back(level: int, voice: bool) -> None:
    assert ext.unpack_audio_level(ext.pack_audio_level(level, voice)) == (level, voice)


@given(st.integers(0, 1 << 20))
def test_the_transport_number_reads_back_modulo_its_range(number: int) -> None:
    assert ext.unpack_transport_sequence(ext.pack_transport_sequence(number)) == number & 0xFFFF


def test_the_playout_delay_is_in_steps_of_ten_milliseconds_and_bounded() -> None:
    assert ext.pack_playout_delay(0.02, 0.5) == b"\0\x20\x32"
    assert ext.unpack_playout_delay(b"\0\x20\x32") == (0.02, 0.5)
    assert ext.unpack_playout_delay(ext.pack_playout_delay(-1, 99)) == (0, 40.95)


@given(st.binary(max_size=20))
def test_hostile_values_only_raise_value_error(value: bytes) -> None:
    for unpack in (
        ext.unpack_mid,
        ext.unpack_transport_sequence,
        ext.unpack_abs_send_time,
        ext.unpack_abs_capture_time,
        ext.unpack_audio_level,
        ext.unpack_playout_delay,
    ):
        try:
            unpack(value)
        except ValueError:
            continue


def test_a_playout_delay_with_exchanged_bounds_is_refused() -> None:
    with pytest.raises(ValueError, match="exchanged"):
        ext.unpack_playout_delay(b"\0\x20\x01")
