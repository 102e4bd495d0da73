"""What may grow in a process: memory, threads, and every container that its objects hold."""

import statistics
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

MAX_DEPTH = 14
MAX_FOLLOWED = 24
"""Containers with more entries are counted and not gone into: their entries are packets, samples, frames."""
BOUNDED = " (at most "
"""Marks the name of a queue that cannot hold more than it says."""
_PLAIN = (str, bytes, int, float, complex, bool, type(None))


def containers(roots: Mapping[str, object], package: str = "vidphone") -> dict[str, int]:
    """Lengths of all containers below some objects, by the shortest names that lead there; each is counted once.

    Goes through attributes of the package's own objects and through small containers; containers that are reached by
    the same names are added up. Other threads may be at work on them: one that changes under way is left out.
    """
    lengths: Counter[str] = Counter()
    seen: set[int] = set()
    waiting: deque[tuple[str, object, int]] = deque((name, root, 0) for name, root in roots.items())
    while waiting:
        name, thing, depth = waiting.popleft()
        if id(thing) in seen or isinstance(thing, _PLAIN) or depth > MAX_DEPTH:
            continue
        seen.add(id(thing))
        if isinstance(thing, bytearray):
            lengths[name] += len(thing)
        elif isinstance(thing, (list, tuple, deque, AbstractSet, Mapping)):
            if not isinstance(thing, tuple):
                bound = getattr(thing, "maxlen", None)
                lengths[name if bound is None else f"{name}{BOUNDED}{bound})"] += len(thing)
            try:
                entries = list(thing.values() if isinstance(thing, Mapping) else thing)
            except RuntimeError:  # changed meanwhile
                continue
            if len(entries) <= MAX_FOLLOWED:
                waiting.extend((f"{name}[]", entry, depth + 1) for entry in entries)
        elif type(thing).__module__.partition(".")[0] == package or type(thing).__module__ == "queue":
            waiting.extend((f"{name}.{key}", value, depth + 1) for key, value in _attributes(thing))
    return dict(lengths)


def _attributes(thing: object) -> list[tuple[str, object]]:
    names = [*vars(thing)] if hasattr(thing, "__dict__") else []
    for kind in type(thing).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        names += (slots,) if isinstance(slots, str) else slots
    return [(name, getattr(thing, name)) for name in names if hasattr(thing, name)]


def slope(times: Sequence[float], values: Sequence[float]) -> float:
    """Growth for every unit of time, by least squares; 0 of fewer than three values."""
    return statistics.linear_regression(times, values).slope if len(values) >= 3 else 0.0


def grows(times: Sequence[float], values: Sequence[float], *, share: float = 0.2, least: float = 10.0) -> bool:
    """Whether values rise over the whole time, and not to a level that they then keep.

    What grows without bound is larger in every third than in the one before, the last time by `share` of itself and
    by `least` at the least; what fills up to a bound levels off.
    """
    third = len(values) // 3
    if third < 1 or slope(times, values) <= 0:
        return False
    first, middle, last = (statistics.fmean(values[part * third : (part + 1) * third]) for part in range(3))
    return first < middle < last and last - middle >= max(least, share * middle)
