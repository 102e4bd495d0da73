"""The Opus library by ctypes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.media.voice.line import encoded, speech
from vidphone.media.plumbing import BLOCK_SAMPLES
from vidphone.media.voice import opus_library
from vidphone.media.voice.opus import (
    MAX_FRAME_SAMPLES,
    OpusDecoder,
    OpusEncoder,
    OpusError,
    OpusUnavailable,
    frame_samples,
    has_recovery,
    version,
)


def test_the_library_is_there_and_says_which_it_is() -> None:
    assert version().startswith("libopus 1.")


def test_without_a_library_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opus_library, "_candidates", lambda: ["libm.so.6", "/nowhere/libopus.so"])
    opus_library.library.cache_clear()
    with pytest.raises(OpusUnavailable, match=r"libm.*opus_get_version_string.*; libopus"):
        opus_library.library()
    monkeypatch.undo()
    opus_library.library.cache_clear()


def test_rate_follows_while_running() -> None:
    encoder, sound = OpusEncoder(64_000), speech()
    sizes = []
    for number in range(200):
        encoder.set_bitrate(64_000 if number < 100 else 12_000)
        sizes.append(len(encoder.encode(sound[number * BLOCK_SAMPLES : (number + 1) * BLOCK_SAMPLES])))
    assert sum(sizes[:100]) > 4 * sum(sizes[100:])


def test_loss_brings_in_band_redundancy_and_switching_it_off_takes_it_away() -> None:
    assert not any(has_recovery(packet) for packet in encoded(32_000))
    assert sum(has_recovery(packet) for packet in encoded(32_000, fec=True)) > 100


def test_a_lost_packet_comes_back_out_of_the_next_one() -> None:
    stream = encoded(32_000, fec=True)
    whole, holed, bare = OpusDecoder(), OpusDecoder(), OpusDecoder()
    errors = np.zeros(2)
    for number, packet in enumerate(stream[:-1]):
        sound = whole.decode(packet).astype(float)
        if number % 10 == 5 and has_recovery(stream[number + 1]):
            errors += [
                np.square(sound - holed.recover(stream[number + 1], BLOCK_SAMPLES)).sum(),
                np.square(sound - bare.conceal(BLOCK_SAMPLES)).sum(),
            ]
        else:
            holed.decode(packet)
            bare.decode(packet)
    assert errors[0] < 0.5 * errors[1]


def test_a_decoder_can_be_taken_back() -> None:
    decoder = OpusDecoder()
    for packet in encoded()[:50]:
        decoder.decode(packet)
    state = decoder.save()
    straight = decoder.decode(encoded()[50])
    decoder.conceal(BLOCK_SAMPLES)
    decoder.restore(state)
    assert (decoder.decode(encoded()[50]) == straight).all()
    with pytest.raises(ValueError, match="state"):
        decoder.restore(state[:-1])


@pytest.mark.parametrize("count", [0, -120, 100, MAX_FRAME_SAMPLES + 120])
def test_lengths_that_opus_does_not_know_are_refused(count: int) -> None:
    with pytest.raises(OpusError):
        OpusDecoder().conceal(count)
    with pytest.raises(ValueError, match="20 ms"):
        OpusEncoder().encode(np.zeros(max(count, 0), np.int16))


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    decoder = OpusDecoder()
    has_recovery(data)
    try:
        length = frame_samples(data)
    except ValueError:
        with pytest.raises(OpusError):
            decoder.decode(data)
        return
    assert 0 < length <= MAX_FRAME_SAMPLES
    try:
        assert decoder.decode(data).size == length
        assert decoder.recover(data, length).size == length
    except OpusError:
        return
