"""When upgrades are looked for and installed (clause 8). Pure; times are UTC seconds since 1970."""

from random import Random

from vidphone.account.upgrades.choice import MAX_DELAY_S

CHECK_EVERY_S = 4 * 3600.0
JITTER = 0.25
"""Of the time between two looks, either way: not all phones ask at once."""
FIRST_LOOK_S = 60.0
"""After the start, for who does not sign in; a sign-in is a reason to look itself."""
AGAIN_S = 300.0
"""After a download broke off: many a line does not wait for the end of a call."""
HINT_WITHIN_S = 2.0
"""A hint reaches all phones in the same second, and they come within this time."""
BY_ITSELF_AFTER_S = 24 * 3600.0
"""What is ready waits so long for somebody to say now or later."""
NEEDED_AFTER_S = 300.0
"""Of a version that calls are not possible without: time to finish what one is at."""
SETTLED_S = 3.0
"""After a call, before anything is installed: the other side may call back at once."""
BACKGROUND_BYTES_PER_S = 1_000_000.0
IN_A_CALL_BYTES_PER_S = 0.0
"""Nothing is fetched while a call needs the line."""


def pause_s(chance: Random) -> float:
    """From one look to the next."""
    return CHECK_EVERY_S * chance.uniform(1 - JITTER, 1 + JITTER)


def hint_pause_s(chance: Random) -> float:
    """From a hint to the look."""
    return chance.uniform(0.0, HINT_WITHIN_S)


def again_pause_s(chance: Random) -> float:
    """From a download that broke off to the look that goes on with it."""
    return AGAIN_S * chance.uniform(1 - JITTER, 1 + JITTER)


def first_pause_s(chance: Random) -> float:
    """From the start to the first look."""
    return FIRST_LOOK_S * chance.uniform(1 - JITTER, 1 + JITTER)


def latest(found_at: float) -> float:
    """How far a build found at that time can be put off."""
    return found_at + MAX_DELAY_S


def due_at(found_at: float, ready_at: float, put_off_until: float | None, *, needed: bool) -> float:
    """When a build is installed by itself; `needed`: calls are not possible without it, and no delay counts."""
    if needed:
        return ready_at + NEEDED_AFTER_S
    wished = ready_at + BY_ITSELF_AFTER_S if put_off_until is None else put_off_until
    return max(ready_at, min(wished, latest(found_at)))
