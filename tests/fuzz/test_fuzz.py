"""A few thousand broken inputs for each reader, the same every time; `python -m tests.fuzz` tries millions."""

import zlib

import pytest

from tests.fuzz.mutate import broken
from tests.fuzz.targets import TARGETS

RUNS = 3000


@pytest.mark.parametrize("name", TARGETS)
def test_broken_input_is_read_or_refused(name: str) -> None:
    target = TARGETS[name]
    seeds = target.seeds()
    for data in broken(seeds, RUNS, zlib.crc32(name.encode()), text=target.text, max_bytes=target.max_bytes):
        target.run(data)
