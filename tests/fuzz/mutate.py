"""Broken forms of good inputs, the same for the same seed."""

import random
from collections.abc import Iterator, Sequence

_EDGES = (0, 1, 2, 3, 0x0F, 0x10, 0x7F, 0x80, 0x81, 0xBE, 0xDE, 0xFE, 0xFF)
_WORDS = ("", "0", "1", "-1", "65535", "65536", "4294967296", "9" * 40, "audio", "video", "*", "/", ":", " ", "ÿ", "\0")
MOST_CHANGES = 6


def broken(seeds: Sequence[bytes], count: int, seed: int, *, text: bool, max_bytes: int) -> Iterator[bytes]:
    """The seeds themselves, then `count` inputs made of them."""
    yield from seeds
    chance = random.Random(seed)
    for _ in range(count):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, MOST_CHANGES)):
            if text and chance.random() < 0.7:
                data = _change_line(data, seeds, chance)
            else:
                _change_bytes(data, seeds, chance)
        yield bytes(data[:max_bytes])


def _change_bytes(data: bytearray, seeds: Sequence[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    size = chance.choice((1, 1, 2, 4, chance.randint(1, 64)))
    match chance.randrange(7):
        case 0 if data:
            data[at % len(data)] ^= 1 << chance.randrange(8)
        case 1 if data:
            data[at % len(data)] = chance.choice(_EDGES)
        case 2:
            del data[at : at + size]
        case 3:
            data[at:at] = chance.randbytes(size)
        case 4:
            del data[at:]
        case 5:
            other = chance.choice(seeds)
            begin = chance.randrange(len(other) + 1)
            data[at : at + size] = other[begin : begin + chance.randint(0, 64)]
        case _:
            data[at:at] = data[at : at + size] * chance.randint(1, 8)


def _change_line(data: bytearray, seeds: Sequence[bytes], chance: random.Random) -> bytearray:
    lines = bytes(data).split(b"\n")
    at = chance.randrange(len(lines))
    match chance.randrange(5):
        case 0:
            del lines[at]
        case 1:
            lines[at:at] = [lines[at]] * chance.choice((1, 2, 20))
        case 2:
            lines.insert(at, chance.choice(chance.choice(seeds).split(b"\n")))
        case 3:
            other = chance.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        case _:
            words = lines[at].split(b" ")
            words[chance.randrange(len(words))] = chance.choice(_WORDS).encode()
            lines[at] = b" ".join(words)
    return bytearray(b"\n".join(lines))
