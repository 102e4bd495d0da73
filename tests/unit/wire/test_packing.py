import contextlib
import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vidphone.wire.packing import MAX_DELTA_INPUT_BYTES, PackingError, apply_delta, delta, pack, unpack

LIBRARY = random.Random(1).randbytes(50_000)


@settings(max_examples=20)
@given(st.binary(max_size=2_000), st.integers(1, 300))
def test_what_is_packed_comes_out_whole_however_it_is_cut(content: bytes, cut: int) -> None:
    packed = pack(content)
    chunks = [packed[at : at + cut] for at in range(0, len(packed), cut)]
    assert b"".join(unpack(chunks, len(content))) == content


def test_a_delta_of_a_small_change_is_small() -> None:
    changed = LIBRARY[:20_000] + b"new" + LIBRARY[20_010:]
    made = delta(LIBRARY, changed)
    assert made is not None
    assert len(made) < 200
    assert b"".join(apply_delta(LIBRARY, [made], len(changed))) == changed


def test_there_is_no_delta_of_what_is_too_large_or_empty() -> None:
    assert delta(b"", b"x") is None
    assert delta(bytes(MAX_DELTA_INPUT_BYTES + 1), b"x") is None
    with pytest.raises(PackingError):
        apply_delta(b"x", [], MAX_DELTA_INPUT_BYTES + 1)


@pytest.mark.parametrize("bad", [b"", b"junk" * 10, pack(LIBRARY)[:-1], pack(LIBRARY[:-1]), zlib.compress(LIBRARY)])
def test_what_does_not_come_out_whole_is_an_error(bad: bytes) -> None:
    with pytest.raises(PackingError):
        list(unpack([bad], len(LIBRARY)))


def test_a_bomb_stops_at_the_size_that_was_named() -> None:
    made: list[bytes] = []
    with pytest.raises(PackingError):
        made.extend(unpack([pack(bytes(30_000_000))], 100_000))
    assert sum(map(len, made)) <= 100_000


@settings(max_examples=30)
@given(st.binary(max_size=200))
def test_any_bytes_as_a_delta_are_an_error_or_of_the_size_named(content: bytes) -> None:
    with contextlib.suppress(PackingError):
        assert len(b"".join(apply_delta(LIBRARY, [content], 7))) == 7
